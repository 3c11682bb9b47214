# SPDX-License-Identifier: Apache-2.0
"""Interactive shells for tests: types a line with a Tab in it and reads what the shell makes of it."""
import os
import pty
import select
import shutil
import signal
import time

PROMPT = "READY-FOR-A-LINE>"
START = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
}
SET_UP = {
    "bash": ["bind 'set bell-style none'", "bind 'set show-all-if-ambiguous on'", "bind 'set page-completions off'",
             "bind 'set completion-query-items 1000'", 'source <(systole completion bash)'],
    "zsh": ["bindkey -e", "unsetopt beep prompt_cr prompt_sp zle_bracketed_paste", "LISTMAX=1000", "autoload -U compinit",
            "compinit -u -D", "unset zle_bracketed_paste", "source <(systole completion zsh)"],
}
SECONDS = 20


class Shell:
    """A shell on a terminal of its own. `with Shell("zsh", folder) as shell: shell.completed("ls --al")`."""

    def __init__(self, name: str, folder: str):
        self.name = name
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            os.environ.update(PS1=PROMPT, TERM="dumb", INPUTRC="/dev/null", COLUMNS="200", LINES="50")
            os.execvp(START[name][0], START[name])
        self.until_prompt()
        for line in SET_UP[name] + [f"PS1='{PROMPT}'", "stty -echo"]:
            self.send(line + "\n")
            self.until_prompt()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.terminal)

    def send(self, text: str) -> None:
        os.write(self.terminal, text.encode())

    def until(self, done) -> str:
        seen = ""
        end = time.monotonic() + SECONDS
        while not done(seen):
            ready, _, _ = select.select([self.terminal], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                raise TimeoutError(f"{self.name} says only {seen!r}")
            seen += os.read(self.terminal, 1 << 16).decode(errors="replace")
        return seen

    def until_prompt(self) -> str:
        return self.until(lambda seen: seen.rstrip(" \r\n").endswith(PROMPT) or f"{PROMPT}" in seen.rsplit("\n", 1)[-1])

    def completed(self, line: str) -> str:
        """The line after one Tab behind it."""
        mark = "=END="
        self.send(line + "\t")
        self.send("\x05" + mark + "'\x01echo '\n")  # Ctrl-E, Ctrl-A: a word of quotation marks around all.
        seen = self.until(lambda text: f"{mark}\r\n" in text or f"{mark}\n" in text)
        self.until_prompt() if not seen.rstrip().endswith(PROMPT) else None
        shown = [text for text in seen.replace("\r", "\n").split("\n") if text.endswith(mark) and "echo" not in text]
        return shown[-1][: -len(mark)].rpartition(PROMPT)[2] if shown else seen

    def offered(self, line: str, wanted: set[str]) -> str:
        """What a Tab behind the line lists, once it has the words that are wanted or has long been quiet."""
        self.send(line + "\t")
        try:
            listed = self.until(lambda seen: wanted <= set(seen.split()))
        except TimeoutError as error:
            listed = str(error)
        # Ctrl-U: an empty line; an interrupt could meet the shell in the middle of its list. The list ends in a prompt of
        # its own, so that what is waited for is one behind an output that no typed line looks like.
        self.send("\x15echo LIST''-ENDS\n")
        self.until(lambda seen: "LIST-ENDS" in seen and PROMPT in seen.rpartition("LIST-ENDS")[2])
        return listed


def missing(name: str) -> str:
    return "" if shutil.which(name) else f"{name} is not installed (scripts/install.sh test)"
