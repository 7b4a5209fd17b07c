/* What happened in a period, as `mbplantctl report` tells it; and how an exercise goes. */

const PERIODS = [[3600, "1 h"], [28800, "8 h"], [86400, "24 h"], [604800, "7 d"]];
const percent = (share) => (share === null || share === undefined ? "–" : `${number(100 * share, 1)} %`);
const lasting = (seconds) => (seconds === null || seconds === undefined ? "–" : span(1000 * seconds));
/* What does not fit is scrolled, by the keyboard too. */
const table = (heads, rows, none) => (rows.length ? h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": heads.filter(Boolean).map(t).join(", ") }, h("table", {}, h("thead", {}, h("tr", {}, heads.map((word) => h("th", {}, t(word))))),
  h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell) => h("td", { class: typeof cell === "string" && /^[-–0-9.: %]+$/.test(cell) ? "num" : null }, cell))))))) : h("p", { class: "dim" }, t(none)));

function viewReport() {
  const shown = h("div", {}), error = h("p", { class: "error", role: "alert", hidden: true });
  const period = h("select", { id: "period" }, PERIODS.map(([seconds, word]) => h("option", { value: seconds, selected: seconds === 86400 }, word)));
  const since = () => new Date((store.clock.time_ms || Date.now()) - 1000 * Number(period.value)).toISOString();
  const links = h("span", { class: "buttons" });
  const fill = (report) => {
    const all = report.analysis, alarms = all?.alarms;
    const facts = all ? [[t("Period"), `${day(Date.parse(all.from))} … ${day(Date.parse(all.to))}`], [t("Events"), all.events], [t("Availability"), percent(all.availability)],
      [t("Alarms"), `${alarms.raised} (${plain(Number(alarms.per_hour.toFixed(1)))} ${t("an hour")})`], [t("Most in ten minutes"), alarms.peak_10min], [t("Floods"), alarms.floods],
      [t("Chattering"), alarms.chattering], [t("Waiting for acknowledgement"), alarms.waiting]] : [[t("Period"), t("nothing happened in it")]];
    shown.replaceChildren(
      h("section", { class: "panel" }, h("dl", {}, facts.flatMap(([key, value]) => [h("dt", {}, key), h("dd", { class: "num" }, value)]))),
      h("section", { class: "panel" }, h("h3", {}, t("Machines")), table(["Machine", "Availability", "Performance", "Quality", "OEE", "Good", "Reject", "Failures", "MTBF", "MTTR", "In service", "Down", "Maintenance"],
        (all?.machines || []).map((one) => [h("a", { href: path("machine", one.name) }, one.name), percent(one.availability), percent(one.performance), percent(one.quality), percent(one.oee),
          String(one.good ?? "–"), String(one.reject ?? "–"), String(one.failures), lasting(one.mtbf_s), lasting(one.mttr_s), lasting(one.running_s), lasting(one.down_s), lasting((one.planned_maintenance_s || 0) + (one.repair_maintenance_s || 0))]), "none")),
      h("section", { class: "panel" }, h("h3", {}, t("Most frequent alarms")), table(["Alarm", "What", "Machine", "Priority", "Raised", "Active for"],
        (all?.worst_alarms || []).map((one) => [h("a", { href: path("sensor", one.sensor) }, `${one.sensor}.${one.limit_name}`), one.diagnosis, one.machine, t(one.priority), String(one.raised), one.active ? lasting(one.active_s) : "–"]), "none")));
  };
  const read = async () => {
    const from = encodeURIComponent(since());
    links.replaceChildren(...[["text", "txt"], ["markdown", "md"], ["html", "html"], ["csv", "csv"], ["json", "json"]].map(([format, ending]) =>
      h("a", { href: `${API}/report?since=${from}&lang=${lang}&format=${format}`, download: `report.${ending}` }, ending)));
    try {
      fill(await ask(`/report?since=${from}`));
      error.hidden = true;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      error.textContent = problem.message;
      error.hidden = false;
    }
  };
  period.addEventListener("change", read);
  read();
  return h("div", {}, h("div", { class: "head" }, h("h2", {}, t("Report")), h("label", { for: "period" }, `${t("Period")} `, period),
    h("button", { type: "button", onclick: read }, t("Make it again")), links), error, shown);
}

function viewExercise() {
  const head = h("h2", {}, t("Exercise")), facts = h("dl", {}), notes = h("ol", { class: "plainlist" }), wishes = h("div", {}), error = h("p", { class: "error", role: "alert", hidden: true });
  const VERDICT = { "not decided": "…", met: "✓", missed: "✗" };
  const fill = (now) => {
    head.textContent = now.name;
    const rows = [[t("Time"), span(now.simulated_ms) + (now.duration_ms ? ` / ${span(now.duration_ms)}` : "") + (now.over ? ` – ${t("over")}` : "")],
      [t("Expectations met"), `${now.met} / ${now.expectations_all}` + (now.missed ? `, ${now.missed} ${t("missed")}` : "")], [t("Points"), `${now.points} / ${now.points_all}`]];
    facts.replaceChildren(...rows.flatMap(([key, value]) => [h("dt", {}, key), h("dd", { class: "num" }, value)]));
    notes.replaceChildren(...now.notes.toReversed().map((note) => h("li", {}, h("span", { class: "num dim" }, `${span(note.simulated_ms)}  `), note.text)));
    wishes.replaceChildren(table(["", "Expected", "Points", "When", "Instead"], now.expectations.toReversed().map((one) =>
      [`${VERDICT[one.verdict]} ${t(one.verdict)}`, one.what, String(one.points), span(one.decided_ms ?? one.simulated_ms), one.found]), "Nothing is expected yet."));
  };
  const read = async () => {
    try {
      fill(await ask("/exercise"));
      error.hidden = true;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      error.textContent = problem.message;
      error.hidden = false;
    }
  };
  read();
  live("second", (slow) => { if (slow) read(); });
  return h("div", {}, h("div", { class: "head" }, head), error, h("section", { class: "panel" }, facts),
    h("section", { class: "panel" }, h("h3", {}, t("Notes")), notes), h("section", { class: "panel" }, h("h3", {}, t("Expectations")), wishes));
}
