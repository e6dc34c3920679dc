"""Guided talks: one engine for every interview. The flow is data, the law is the slice's, the chat and the page draw
the same steps.
"""
