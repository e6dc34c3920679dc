"""The platform's return codes in Chinese sentences, by what they mean for us. Source: wechat-platform.md section 4."""

SENTENCES = {
    -1: "微信系统繁忙，请过几分钟再试。",
    40001: "凭据无效：请核对 wechat.app_secret；如果另有程序在用同一个公众号的旧接口取凭据，请停掉它。",
    40013: "wechat.app_id 不对：请核对公众号后台的 AppID。",
    40125: "wechat.app_secret 不对：请核对公众号后台的 AppSecret。",
    40164: "本机出口 IP 不在公众号后台的“IP 白名单”里：请把它加进去再试。",
    40243: "AppSecret 已被冻结：请到公众号后台解冻。",
    45009: "今天这个接口的调用次数已经用完：请明天再试。",
    46003: "公众号上还没有自定义菜单。",
    48001: "公众号没有这个接口的权限：请检查账号是否已认证、认证是否过期。",
    48004: "这个接口已被微信封禁：请登录公众号后台查看通知。",
    50007: "公众号已被冻结：请登录公众号后台查看通知。",
    89503: "这次调用要管理员在手机上确认 IP：请管理员确认后再试。",
    89506: "管理员拒绝了这个 IP 的调用，24 小时内不能再试。",
    89507: "管理员拒绝了这个 IP 的调用，1 小时内不能再试。",
}
STALE_TOKEN = frozenset({40001, 40014, 42001})


class PlatformError(Exception):
    """WeChat refused or did not answer; the message says in Chinese what to do."""

    def __init__(self, endpoint: str, code: int | None, detail: str = "") -> None:
        self.endpoint, self.code, self.detail = endpoint, code, detail
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        if self.code is None:
            return "微信接口没有应答：请检查网络和 wechat.api_base_url，过几分钟再试。"
        told = SENTENCES.get(self.code, "微信拒绝了这次操作，请把下面的代码告诉技术支持。")
        return f"{told}（代码 {self.code}，接口 {self.endpoint}{'，' + self.detail if self.detail else ''}）"
