"""As whom PostgreSQL runs, and where. It refuses to run as root, so root hands it to somebody with fewer rights."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from marketplace.embedded.binaries import Program
from marketplace.embedded.places import CannotStart, place_name, private_folder, refusal
from marketplace.embedded.process import Account

UNSHARE = Account(prefix=("unshare", "--user", "--map-user=1000", "--map-group=1000", "--"))
#: Where a server goes whose checkout lies under a folder that only root may enter.
ELSEWHERE = (Path("/var/lib"), Path("/var/tmp"))  # noqa: S108 (a folder of root's own is made in it)
UNNEEDED = shutil.ignore_patterns("*.a", "include", "__pycache__")
NO_ACCOUNT = (
    "PostgreSQL does not run as root, and neither `unshare --user` nor the user nobody can be used here:"
    " start as an ordinary user, or set DATABASE_URL to a server."
)


@dataclass(frozen=True)
class Lodging:
    """Who runs the server, with which program, and the folder that holds its data."""

    account: Account
    program: Program
    home: Path

    @property
    def data(self) -> Path:
        return self.home / "data"

    def own(self, path: Path) -> None:
        """Give `path` and all in it to the account."""
        owner = os.getuid() if self.account.uid is None else self.account.uid
        group = os.getgid() if self.account.gid is None else self.account.gid
        if path.lstat().st_uid == owner:
            return
        for folder, folders, files in os.walk(path):
            for name in (*folders, *files):
                os.chown(os.path.join(folder, name), owner, group, follow_symlinks=False)
        os.chown(path, owner, group)


def lodge(var: Path, program: Program) -> Lodging:
    """Where the server of `var` can run on this machine, its data brought there when it used to be elsewhere."""
    home = private_folder(var / "postgres") if os.getuid() or not _note(var).exists() else Path(_note(var).read_text())
    if os.getuid() != 0:
        return Lodging(Account(), program, home)
    try:
        for lodging in _candidates(var, program, home):
            if _is_usable(lodging):
                _move_in(var, home / "data", lodging)
                return lodging
    except OSError as error:
        raise refusal(var / "postgres", error) from error
    raise CannotStart(NO_ACCOUNT)


def forget(var: Path) -> None:
    """Remove what the server of `var` keeps outside it."""
    if _note(var).exists():
        shutil.rmtree(Path(_note(var).read_text()).parent, ignore_errors=True)
        _note(var).unlink()


def _candidates(var: Path, program: Program, home: Path) -> Iterator[Lodging]:
    forced = os.environ.get("TESSERA_PG_ROOT", "")
    if forced not in {"", "unshare", "nobody"}:
        raise CannotStart(f"TESSERA_PG_ROOT is unshare or nobody, not {forced}.")
    inside = var / "postgres"
    if not forced and (home / "data").exists() and (owner := (home / "data").stat()).st_uid != 0:
        yield Lodging(Account(uid=owner.st_uid, gid=owner.st_gid), _program_for(home, program), home)
    if forced != "nobody" and shutil.which(UNSHARE.prefix[0]):
        yield Lodging(UNSHARE, program, inside)
    if forced != "unshare":
        with suppress(KeyError):
            found = pwd.getpwnam("nobody")
            nobody = Account(uid=found.pw_uid, gid=found.pw_gid)
            yield Lodging(nobody, program, inside)
            for folder in ELSEWHERE:
                if os.access(folder, os.W_OK):
                    away = folder / f"tessera-{place_name(var)}" / "postgres"
                    yield Lodging(nobody, _program_for(away, program), away)


def _is_usable(lodging: Lodging) -> bool:
    """Whether the account can run the program and write into its home."""
    home = private_folder(lodging.home)
    before = home.stat()
    if lodging.account.uid is not None:
        os.chown(home, lodging.account.uid, lodging.account.gid or 0)
    else:
        os.chown(home, 0, 0)
    questions = ([lodging.program.path, "--version"], ["test", "-w", home])
    if all(_answers(lodging.account, [str(part) for part in question]) for question in questions):
        return True
    os.chown(home, before.st_uid, before.st_gid)
    return False


def _answers(account: Account, command: list[str]) -> bool:
    try:
        asked = subprocess.run(
            [*account.prefix, *command],
            capture_output=True,
            timeout=10,
            cwd="/",
            user=account.uid,
            group=account.gid,
            extra_groups=None if account.uid is None else [],
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return asked.returncode == 0


def _move_in(var: Path, old: Path, lodging: Lodging) -> None:
    if old.exists() and old != lodging.data:
        draft = lodging.home / "data.coming"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(old, draft, symlinks=True)
        draft.rename(lodging.data)
    if lodging.data.exists():
        lodging.own(lodging.data)
    if lodging.home == var / "postgres":
        forget(var)
    else:
        _note(var).write_text(str(lodging.home))
        if old != lodging.data:
            shutil.rmtree(old, ignore_errors=True)


def _note(var: Path) -> Path:
    return var / "postgres-lives-at"


def _program_for(home: Path, program: Program) -> Program:
    """The program itself, or a copy of the wheel's in a folder that everybody can enter."""
    package = program.path.parents[2]
    if home.parent.parent not in ELSEWHERE or program.path.parents[1].name != "pginstall":
        return program
    target = home.parent / f"program-{program.version_text}"
    if not target.exists():
        home.parent.mkdir(mode=0o711, exist_ok=True)
        draft = target.with_suffix(".coming")
        shutil.rmtree(draft, ignore_errors=True)
        for folder in (package, package.with_name(f"{package.name}.libs")):
            if folder.exists():
                shutil.copytree(folder, draft / folder.name, ignore=UNNEEDED)
        draft.chmod(0o755)
        draft.rename(target)
    return replace(program, path=target / program.path.relative_to(package.parent))
