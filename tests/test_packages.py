"""MariaDB is installed where that needs no question, and asked for in words elsewhere."""

from app.packages import install_mariadb, missing_mariadb


def test_a_server_program_anywhere_known_is_found() -> None:
    assert not missing_mariadb(lambda name: name if name == "/usr/sbin/mariadbd" else None)
    assert missing_mariadb(lambda name: None)


def test_what_is_there_is_not_installed_again() -> None:
    said: list[str] = []
    install_mariadb(said.append, allowed=True)
    assert said == []  # the tests' own system script has installed it
