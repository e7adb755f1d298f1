"use strict";
{
  // On paper a wide table is several, which have the same rows.
  const tables = [...document.querySelectorAll("table")];
  const bodies = tables.map((table) => table.tBodies[0]);
  const rows = bodies.map((body) => [...body.rows]);
  const heads = [...tables[0].tHead.rows[0].cells];
  const turn = { none: "ascending", ascending: "descending", descending: "none" };
  const key = (row, at) => row.cells[at].dataset.rank ?? row.cells[at].textContent;
  const sort = (head, at) => {
    const order = turn[head.getAttribute("aria-sort")];
    for (const other of heads) other.setAttribute("aria-sort", other === head ? order : "none");
    const sign = order === "descending" ? -1 : 1;
    const compare = (one, other) => sign * key(rows[0][one], at).localeCompare(key(rows[0][other], at));
    const places = [...rows[0].keys()];
    if (order !== "none") places.sort(compare);
    bodies.forEach((body, part) => body.append(...places.map((place) => rows[part][place])));
  };
  heads.forEach((head, at) => {
    head.addEventListener("click", () => sort(head, at));
    head.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      sort(head, at);
    });
  });
}
