
(() => {
  const box = document.getElementById("find"), told = document.getElementById("found");
  const choices = [...box.querySelectorAll("select")], all = [...document.querySelectorAll("[data-strength]")];
  const shown = (place) => place.querySelector("[data-strength]:not([hidden])") !== null;
  const columns = (table) => {
    const rows = [...table.rows];
    for (let at = 1; at < rows[0].cells.length; at += 1) {
      const empty = !rows.slice(1).some((row) => row.cells[at] && shown(row.cells[at]));
      rows.forEach((row) => { if (row.cells[at]) row.cells[at].hidden = empty; });
    }
  };
  const find = () => {
    const asked = choices.filter((choice) => choice.value);
    all.forEach((one) => { one.hidden = asked.some((choice) => one.dataset[choice.name] !== choice.value); });
    document.querySelectorAll(".matrix tbody tr").forEach((row) => { row.hidden = !shown(row); });
    document.querySelectorAll(".matrix table").forEach(columns);
    document.querySelectorAll(".matrix").forEach((group) => { group.hidden = !shown(group); });
    const number = all.filter((one) => !one.hidden).length;
    told.textContent = asked.length ? `${number} of ${all.length} reports shown.` : "";
  };
  box.addEventListener("change", find);
  box.querySelector("button").addEventListener("click", () => { choices.forEach((choice) => { choice.value = ""; }); find(); });
  addEventListener("pageshow", find);
  box.hidden = false;
})();
