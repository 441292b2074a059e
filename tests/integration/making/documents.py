"""Makes documents of all formats with LibreOffice: python3 documents.py FOLDER. Runs in a Debian root that has it.

A text, a table and a presentation, each saved by one office process in every format that mails carry, and once more
with a password (FOLDER/locked). Not here: which of them must be examined completely (test_clean_containers.py).
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import uno  # type: ignore[import-not-found]
from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found]
from com.sun.star.connection import NoConnectException  # type: ignore[import-not-found]

PASSWORD = "Sesame7"
LINE = "The quarterly figures of the harbour office were sent to every member of the board on Monday. "
PIPE = "pipe,name=documents;urp;StarOffice.ComponentContext"
TEXTS = {
    "odt": "writer8",
    "fodt": "OpenDocument Text Flat XML",
    "ott": "writer8_template",
    "doc": "MS Word 97",
    "docx": "MS Word 2007 XML",
    "rtf": "Rich Text Format",
    "html": "HTML (StarWriter)",
    "txt": "Text",
    "pdf": "writer_pdf_Export",
    "epub": "EPUB",
    "xml": "MS Word 2003 XML",
}
TABLES = {
    "ods": "calc8",
    "fods": "OpenDocument Spreadsheet Flat XML",
    "xls": "MS Excel 97",
    "xlsx": "Calc MS Excel 2007 XML",
    "csv": "Text - txt - csv (StarCalc)",
    "html": "HTML (StarCalc)",
    "pdf": "calc_pdf_Export",
    "dif": "DIF",
    "slk": "SYLK",
    "xlt": "MS Excel 97 Vorlage/Template",
}
SLIDES = {
    "odp": "impress8",
    "fodp": "OpenDocument Presentation Flat XML",
    "ppt": "MS PowerPoint 97",
    "pptx": "Impress MS PowerPoint 2007 XML",
    "pdf": "impress_pdf_Export",
    "pps": "MS PowerPoint 97 AutoPlay",
    "ppsx": "Impress MS PowerPoint 2007 XML AutoPlay",
    "html": "impress_html_Export",
}
LOCKED = {"doc", "odt", "xls", "ods", "odp", "pdf"}


def _property(name: str, value: object) -> object:
    found = PropertyValue()
    found.Name, found.Value = name, value
    return found


def _save(document: Any, path: Path, filter: str, password: str = "") -> None:
    properties = [_property("FilterName", filter)]
    if password and path.suffix == ".pdf":
        settings = (_property("EncryptFile", value=True), _property("DocumentOpenPassword", password))
        properties.append(_property("FilterData", uno.Any("[]com.sun.star.beans.PropertyValue", settings)))
    elif password:
        properties.append(_property("Password", password))
    document.storeToURL(path.as_uri(), tuple(properties))


def _text(document: Any) -> None:
    document.Text.setString("\n".join(LINE * 3 for _ in range(20)))
    table = document.createInstance("com.sun.star.text.TextTable")
    table.initialize(3, 3)
    document.Text.insertTextContent(document.Text.getEnd(), table, False)
    for name in table.getCellNames():
        table.getCellByName(name).setString(f"Quay {name}")


def _table(document: Any) -> None:
    for number, name in enumerate(("Arrivals", "Departures")):
        document.Sheets.insertNewByName(name, number)
        sheet = document.Sheets.getByName(name)
        for row in range(40):
            sheet.getCellByPosition(0, row).setString(LINE)
            sheet.getCellByPosition(1, row).setValue(row * 1.5)
            sheet.getCellByPosition(2, row).setFormula(f"=SUM(B1:B{row + 1})")
        sheet.Columns.getByIndex(0).OptimalWidth = True


def _slides(document: Any) -> None:
    for number in range(3):
        page = document.DrawPages.insertNewByIndex(number)
        shape = document.createInstance("com.sun.star.drawing.TextShape")
        shape.Size = uno.createUnoStruct("com.sun.star.awt.Size", 15000, 5000)
        page.add(shape)
        shape.setString(LINE)


KINDS = (("swriter", _text, TEXTS), ("scalc", _table, TABLES), ("simpress", _slides, SLIDES))


def _connected() -> Any:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(600):
        try:
            return resolver.resolve(f"uno:{PIPE}")
        except NoConnectException:
            time.sleep(0.1)
    raise TimeoutError("LibreOffice does not answer")


def main(folder: Path) -> None:
    """Make them all."""
    locked = folder / "locked"
    locked.mkdir(parents=True)
    with subprocess.Popen(["soffice", "--headless", "--norestore", "--nologo", f"--accept={PIPE}"]) as office:
        context = _connected()
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        hidden = (_property("Hidden", value=True),)
        for kind, fill, filters in KINDS:
            document = desktop.loadComponentFromURL(f"private:factory/{kind}", "_blank", 0, hidden)
            fill(document)
            for suffix, filter in filters.items():
                _save(document, folder / f"{kind[1:]}.{suffix}", filter)
                if suffix in LOCKED:
                    _save(document, locked / f"{kind[1:]}.{suffix}", filter, PASSWORD)
            document.close(True)
        desktop.terminate()
        office.wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
