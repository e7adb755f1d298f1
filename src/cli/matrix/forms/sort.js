"use strict";
{
  const table = document.querySelector("table");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  const turn = { none: "ascending", ascending: "descending", descending: "none" };
  const key = (row, at) => row.cells[at].dataset.rank ?? row.cells[at].textContent;
  const sort = (head, at) => {
    const order = turn[head.getAttribute("aria-sort")];
    for (const other of heads) other.setAttribute("aria-sort", other === head ? order : "none");
    const sign = order === "descending" ? -1 : 1;
    const compare = (one, other) => sign * key(one, at).localeCompare(key(other, at));
    body.append(...(order === "none" ? rows : [...rows].sort(compare)));
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
