/** The script of a page: a click on a column title sorts the table, pictures show the value nearest to the pointer. */
export const PAGE_SCRIPT = `
"use strict";
for (const table of document.querySelectorAll("table")) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
    const falling = head.getAttribute("aria-sort") !== "descending";
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", falling ? "descending" : "ascending");
    const key = (row) => {
      const cell = row.cells[column];
      return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value);
    };
    const order = (a, b) => {
      const [x, y] = [key(a), key(b)];
      // Empty cells stand last whichever way the others go.
      if (x === "" || y === "") return (x === "") - (y === "");
      const rising = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y));
      return falling ? -rising : rising;
    };
    body.append(...[...body.rows].sort(order));
  }));
}

const tip = document.createElement("div");
tip.id = "tip";
tip.hidden = true;
document.body.append(tip);
const REACH = 80;
for (const picture of document.querySelectorAll(".picture")) {
  const points = [...picture.querySelectorAll('path[aria-label][opacity="0"]')];
  let shown = null;
  const show = (point, event) => {
    if (shown !== null) shown.style.opacity = 0;
    shown = point;
    tip.hidden = point === null;
    if (point === null) return;
    point.style.opacity = 1;
    tip.textContent = point.getAttribute("aria-label");
    const left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 4);
    tip.style.left = Math.max(4, left) + "px";
    tip.style.top = (event.clientY > 60 ? event.clientY - 40 : event.clientY + 24) + "px";
  };
  picture.addEventListener("pointermove", (event) => {
    let nearest = null;
    let least = REACH;
    for (const point of points) {
      const box = point.getBoundingClientRect();
      const distance = Math.hypot(box.x + box.width / 2 - event.clientX, box.y + box.height / 2 - event.clientY);
      if (distance < least) {
        least = distance;
        nearest = point;
      }
    }
    show(nearest, event);
  });
  picture.addEventListener("pointerleave", (event) => show(null, event));
}
`;
