"""quiz certificate-key, verify-certificate, revoke-certificate: what anybody may check, and what staff may end."""

from pathlib import Path

import click

from bot import wiring
from bot.commands.staff import as_staff
from bot.demo.settings import open_config
from content.phrases import say
from handlers.quiz import register
from handlers.quiz.certificates import issuing, signing


@click.command(name="certificate-key", help="证书的公钥：别人用它核验签名，可以公开。")
@click.pass_obj
def certificate_key(path: Path | None) -> None:
    for key in signing.public_keys(wiring.keyring(open_config(path))):
        click.echo(say("certificate_key", digits=key))


@click.command(name="verify-certificate", help="核验证书的签名，不用网络：写上二维码里的整段网址或核验码。")
@click.argument("text")
@click.option("--key", "keys", multiple=True, metavar="HEX", help="公钥（默认：本机的）。")
@click.pass_obj
def verify_certificate(path: Path | None, text: str, keys: tuple[str, ...]) -> None:
    said = signing.read(keys or signing.public_keys(wiring.keyring(open_config(path))), text)
    shown = {"who": "，".join(filter(None, (said.name, said.unit))), "title": said.title, "result": said.result}
    click.echo(say("certificate_signed", **shown, date=said.issued_on, serial=said.serial))


@click.command(name="revoke-certificate", help="作废一张证书，写明原因；扫码的人会看到。")
@click.argument("name", metavar="ID")
@click.argument("serial")
@click.option("--reason", default="", help="为什么作废。")
@as_staff
@click.pass_obj
def revoke_certificate(path: Path | None, name: str, serial: str, reason: str, by: str) -> None:
    with wiring.current_database(open_config(path)) as database, database.transaction() as session:
        held = register.get_held(session, name)
        issuing.revoke(session, held, serial, reason, by)
        click.echo(say("certificate_is_revoked"))


SUBCOMMANDS = (certificate_key, verify_certificate, revoke_certificate)
