"""Child: print the PDF on standard input without what its hidden layers hold, base64 in a JSON string.

A layer (optional content group) that the default configuration switches off is not shown; the text of its
marked content and of its forms is taken out of the pages' content before they are read.
"""

from __future__ import annotations

import resource
import signal
import sys

resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
signal.setitimer(signal.ITIMER_PROF, float(sys.argv[2]))  # its signal ends the process

import base64  # noqa: E402 - the limits come first
import io  # noqa: E402 - the limits come first
import json  # noqa: E402 - the limits come first

import pikepdf  # noqa: E402 - the limits come first

MAX_PAGES = 40
MAX_FORMS = 200


class Layers:
    """Tells which optional content is shown at first."""

    def __init__(self, properties: pikepdf.Object) -> None:
        default = properties.get("/D", pikepdf.Dictionary())
        self._all_off = default.get("/BaseState") == "/OFF"
        named = default.get("/ON" if self._all_off else "/OFF", pikepdf.Array())
        self._named = {group.objgen for group in named.as_list()}

    def shows(self, content: pikepdf.Object) -> bool:
        """Return whether a group, or a membership of groups by its policy, is shown."""
        if content.get("/Type") != "/OCMD":
            return self._is_on(content)
        groups = content.get("/OCGs", pikepdf.Array())
        states = [
            self._is_on(group)
            for group in (groups.as_list() if isinstance(groups, pikepdf.Array) else [groups])
        ]
        policy = str(content.get("/P", "/AnyOn"))
        wanted = [state is policy.endswith("On") for state in states]
        return not states or (all(wanted) if policy.startswith("/All") else any(wanted))

    def _is_on(self, group: pikepdf.Object) -> bool:
        return (group.objgen in self._named) is self._all_off


class Stripper:
    """Takes hidden content out of pages and forms, each form once."""

    def __init__(self, layers: Layers) -> None:
        self._layers = layers
        self._done: set[tuple[int, int]] = set()

    def strip(self, holder: pikepdf.Object, content: pikepdf.Object) -> bytes:
        """Return a content without what is hidden; forms that it draws are stripped as well."""
        resources = holder.get("/Resources", pikepdf.Dictionary())
        kept, marks = [], []
        for instruction in pikepdf.parse_content_stream(content):
            operands, name = list(instruction.operands), str(instruction.operator)
            if name in {"BDC", "BMC"}:
                marks.append(name == "BDC" and self._hides(operands, resources))
            hidden = any(marks)
            if name == "EMC" and marks:
                marks.pop()
            if not hidden and not (name == "Do" and self._hides_form(operands[0], resources)):
                kept.append(instruction)
        return pikepdf.unparse_content_stream(kept)

    def _hides(self, operands: list[pikepdf.Object], resources: pikepdf.Object) -> bool:
        tag, named = operands
        if tag != "/OC" or not isinstance(named, pikepdf.Name):
            return False
        group = resources.get("/Properties", pikepdf.Dictionary()).get(str(named))
        return group is not None and not self._layers.shows(group)

    def _hides_form(self, name: object, resources: pikepdf.Object) -> bool:
        form = resources.get("/XObject", pikepdf.Dictionary()).get(str(name))
        if form is None:
            return False
        if "/OC" in form and not self._layers.shows(form.OC):
            return True
        if form.get("/Subtype") == "/Form" and form.objgen not in self._done and len(self._done) < MAX_FORMS:
            self._done.add(form.objgen)
            form.write(self.strip(form, form))
        return False


def main() -> None:
    """Read, strip, print."""
    with pikepdf.open(io.BytesIO(sys.stdin.buffer.read())) as pdf:
        stripper = Stripper(Layers(pdf.Root.OCProperties))
        for page in pdf.pages[:MAX_PAGES]:
            page.contents_coalesce()
            page.obj.Contents = pdf.make_stream(stripper.strip(page.obj, page))  # type: ignore[arg-type]
        target = io.BytesIO()
        pdf.save(target, compress_streams=False)
    json.dump(base64.b64encode(target.getvalue()).decode(), sys.stdout)


if __name__ == "__main__":
    main()
