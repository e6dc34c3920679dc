"""WeChat played on this machine: a phone to chat on and the platform's server API, for demonstrations and
tests. It shares no code with `bot/wechat`, so that an error of ours there is not repeated here and so
missed.
"""
