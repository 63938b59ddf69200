"""An A4 sheet that can be sent to an authority: title, facts, tables, bars; plain, and searchable."""

from __future__ import annotations

from collections.abc import Sequence

from fpdf import FPDF, FontFace
from fpdf.enums import TableBordersLayout, TextEmphasis

from gangvakt.web.figures import Cell
from gangvakt.web.planning.letters import FAMILY, WEIGHTS, letters

MARGIN_MM = 18
INK, GREY, RED, BLUE = (20, 32, 42), (90, 105, 116), (163, 38, 15), (11, 95, 138)
HEAD = FontFace(emphasis=TextEmphasis.B, color=GREY, size_pt=9)
BAR_MM = 34  # height of a row of bars
LINE_NAME_MM = 4.5  # each name of a line over them


class Paper(FPDF):
    """`foot` stands at the bottom of each page, with its number."""

    def __init__(self, title: str, subtitle: str, foot: str, language: str) -> None:
        super().__init__(format="A4")
        self._foot = foot
        for style in WEIGHTS:
            self.add_font(FAMILY, style, letters(style))
        self.set_lang("nb-NO" if language == "nb" else "en-GB")
        self.set_title(title)
        self.set_creator("Gangvakt")
        self.set_margins(MARGIN_MM, MARGIN_MM)
        self.set_auto_page_break(auto=True, margin=MARGIN_MM)
        self.add_page()
        self._line(title, 20, "B")
        self._line(subtitle, 11, color=GREY)
        self.ln(4)

    def footer(self) -> None:
        self.set_y(-MARGIN_MM + 4)
        self.set_font(FAMILY, "", 8)
        self.set_text_color(*GREY)
        self.cell(0, 5, self._foot)
        self.set_x(MARGIN_MM)
        self.cell(0, 5, f"{self.page_no()}", align="R")

    def heading(self, text: str) -> None:
        self.ln(3)
        self._line(text, 13, "B")
        self.ln(1)

    def text_block(self, text: str, *, is_red: bool = False) -> None:
        self._line(text, 10, "B" if is_red else "", color=RED if is_red else INK)

    def facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """A name and a value a line."""
        for name, value in facts:
            self.set_font(FAMILY, "", 10)
            self.set_text_color(*GREY)
            self.cell(62, 6, name)
            self.set_text_color(*INK)
            self.multi_cell(0, 6, value, new_x="LMARGIN", new_y="NEXT")

    def rows(
        self, columns: Sequence[str], rows: Sequence[Sequence[Cell]], widths: Sequence[int] | None = None
    ) -> None:
        """Numbers are at the right, from the second column on; `widths` in parts of the whole."""
        self.set_font(FAMILY, "", 9.5)
        self.set_text_color(*INK)
        self.set_draw_color(195, 206, 214)
        self.set_fill_color(255, 255, 255)  # else the cells have the colour of the bars before
        align = ("LEFT", *["RIGHT"] * (len(columns) - 1))
        with self.table(
            headings_style=HEAD,
            text_align=align,
            col_widths=widths,
            line_height=6,
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        ) as table:
            table.row(columns)
            for row in rows:
                made = table.row()
                for cell in row:
                    made.cell(
                        cell.text, style=FontFace(emphasis=TextEmphasis.B, color=RED) if cell.is_red else None
                    )
        self.ln(2)

    def bars(
        self,
        values: Sequence[float],
        names: Sequence[str],
        unit: str,
        lines: Sequence[tuple[float, str, str]] = (),
    ) -> None:
        """A bar for each value, named below; `lines` stand at a part of the width, with their names."""
        highest = max(values, default=0)
        head, width = self.get_y() + 5, self.epw / max(len(values), 1)
        top = head + LINE_NAME_MM * len(lines)
        self.set_font(FAMILY, "", 7.5)
        for place, (value, name) in enumerate(zip(values, names, strict=True)):
            left = MARGIN_MM + place * width
            height = BAR_MM * value / highest if highest else 0
            self.set_fill_color(*BLUE)
            self.rect(left + width * 0.15, top + BAR_MM - height, width * 0.7, height, style="F")
            self.set_text_color(*GREY)
            self.set_xy(left, top + BAR_MM + 0.5)
            self.cell(width, 4, name, align="C")
        for number, (share, name, _) in enumerate(lines):
            self._mark(MARGIN_MM + share * self.epw, head + LINE_NAME_MM * number, top + BAR_MM, name)
        self.set_text_color(*GREY)
        self.set_xy(MARGIN_MM, head - 5)
        self.cell(0, 4, unit)
        self.set_y(top + BAR_MM + 6)

    def _mark(self, left: float, top: float, bottom: float, name: str) -> None:
        """A line over the bars, with its name at its head."""
        self.set_draw_color(*INK)
        self.line(left, top, left, bottom)
        self.set_text_color(*INK)
        is_left = left < MARGIN_MM + self.epw / 2
        width = self.get_string_width(name) + 2
        self.set_xy(left + 0.5 if is_left else left - width - 0.5, top)
        self.cell(width, LINE_NAME_MM, name)

    def bytes(self) -> bytes:
        return bytes(self.output())

    def _line(self, text: str, size_pt: float, style: str = "", color: tuple[int, int, int] = INK) -> None:
        self.set_font(FAMILY, style, size_pt)
        self.set_text_color(*color)
        self.multi_cell(0, size_pt * 0.5, text, new_x="LMARGIN", new_y="NEXT")
