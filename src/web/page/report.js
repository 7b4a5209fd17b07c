/* What happened in a period, as `mbplantctl report` tells it; and how an exercise goes. */

const PERIODS = [["3600", "The last hour"], ["28800", "The last 8 hours"], ["86400", "The last 24 hours"], ["604800", "The last 7 days"], ["2592000", "The last 30 days"], ["all", "All that is kept"], ["own", "From … to …"]];
const reportAsked = { period: "86400", since: "", until: "", lang: "" };
const percent = (share) => (share === null || share === undefined ? "–" : `${number(share > 1 - 1e-9 ? 100 * share : Math.min(100 * share, 99.9), 1)}${lang === "fr" ? "\u00a0" : " "}%`);
const lasting = (seconds) => (seconds === null || seconds === undefined ? "–" : (seconds < 0 ? "-" : "") + stretch(Math.abs(seconds)));
const isDate = (cell) => typeof cell === "string" && /^(\d\d\/\d\d\/)?\d{4}(-\d\d-\d\d)? \d\d:\d\d(:\d\d)?$/.test(cell);
const isFigure = (cell) => typeof cell === "string" && /^[-–≤≈>\d][-–\d.,:\s%]*((d|j|h|min|s)(\s\d+\s(h|min|s))?|products?|produits?)?$/.test(cell) && !isDate(cell);
/* What does not fit is scrolled, by the keyboard too. */
const table = (heads, rows, none) => (rows.length ? h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": heads.filter(Boolean).map((word) => t(word)).join(", ") }, h("table", { class: heads.length > 9 ? "cards figures" : "cards" }, h("thead", {}, h("tr", {}, heads.map((word, n) => h("th", { class: rows.some((row) => isFigure(row[n])) ? "num" : null }, t(word))))),
  h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, n) => h("td", { "data-label": heads[n] ? t(heads[n]) : null, class: isFigure(cell) ? "num" : isDate(cell) ? "time" : typeof cell === "string" ? longClass(cell) : null }, cell))))))) : h("p", { class: "dim" }, t(none)));

/* ---- down time by cause ---- */

/* A bar of its share, and the piece of Pareto's line that goes through its row: the rows' pieces make one line. */
function paretoCell(causes, n) {
  const at = (i) => 100 * (causes[i]?.cumulated ?? 0), middle = (i, j) => (at(i) + at(j)) / 2;
  const points = [n > 0 ? `${middle(n - 1, n)},0` : null, `${at(n)},12`, n < causes.length - 1 ? `${middle(n, n + 1)},24` : null].filter(Boolean);
  return h("div", { class: "pareto" }, s("svg", { viewBox: "0 0 100 24", preserveAspectRatio: "none", "aria-hidden": "true" },
    s("rect", { x: 0, y: 5, width: 100 * (causes[n].share ?? 0), height: 14 }), s("polyline", { points: points.join(" "), "vector-effect": "non-scaling-stroke" }),
    s("line", { x1: at(n), x2: at(n), y1: 10, y2: 14, class: "point", "vector-effect": "non-scaling-stroke" })));
}

const causeTable = (causes) => table(["Cause", "Share and cumulated share", "Incidents", "Down", "Share", "Cumulated"], causes.map((one, n) =>
  [one.cause, paretoCell(causes, n), many(one.incidents), lasting(one.down_s), percent(one.share), percent(one.cumulated)]), "no incidents");

/* ---- alarms beside their targets ---- */

const figure = (value, share) => (value === null ? "–" : share ? percent(value) : value >= 100 ? many(Math.round(value)) : plain(Number(value.toFixed(1))));
const targetTable = (targets) => table(["Figure", "Value", "Target", "Verdict"], targets.map((one) =>
  [one.title, figure(one.value, one.share), `${one.at_most ? "≤" : "≈"} ${figure(one.target, one.share)}`, one.met === null ? "" : h("span", { class: one.met ? null : "word" }, `${one.met ? "✓" : "✗"} ${t(one.met ? "target met" : "target missed")}`)]), "none");

const spreadTable = (spread) => table(["Alarms in ten minutes", "How often", "Share", "Cumulated"], spread.map((one) =>
  [h("span", {}, one.most === null ? `> ${one.least - 1}` : one.least === one.most ? String(one.least) : `${one.least}–${one.most}`), many(one.windows), percent(one.share), percent(one.cumulated)]), "none");

const FREQUENT = 10;
function frequentTable(analysis) {
  let sum = 0;
  const share = (count) => (analysis.alarms.raised ? percent(count / analysis.alarms.raised) : "–");
  return table(["Alarm", "What", "Machine", "Priority", "Raised", "Share", "Cumulated", "Chattering", "Active for"], analysis.worst_alarms.slice(0, FREQUENT).map((one) => {
    sum += one.raised;
    return [one.limit_name === "condition" ? h("a", { href: path("alarm", one.sensor) }, one.sensor) : h("a", { href: path("sensor", one.sensor) }, `${one.sensor}.${one.limit_name}`), known(one.diagnosis), one.machine, t(one.priority), many(one.raised), share(one.raised), share(sum), many(one.chatter),
      one.active ? lasting(one.active_s) : "–"];
  }), "none");
}

const floodTable = (floods) => table(["From", "Length", "Alarms", "Most in ten minutes"], floods.slice(0, FREQUENT).map((one) => [day(one.from), lasting(one.length_s), many(one.alarms), many(one.peak_10min)]), "none");

const others = (list) => (list.length > FREQUENT ? h("p", { class: "dim small" }, t("and {count} more", { count: many(list.length - FREQUENT) })) : null);

/* What ISA-18.2 and EEMUA 191 ask of alarms. */
const alarmPanels = (all) => [
  h("section", { class: "panel" }, h("h3", {}, t("Alarms against targets")), targetTable(all.alarms.targets),
    h("p", { class: "dim small" }, t("Targets of ISA-18.2 and EEMUA 191 for one operator; the shares of priorities are told, not judged."))),
  all.alarms.distribution.length ? h("section", { class: "panel" }, h("h3", {}, t("Alarms in ten minutes")), spreadTable(all.alarms.distribution)) : null,
  h("section", { class: "panel" }, h("h3", {}, t("Most frequent alarms")), frequentTable(all), others(all.worst_alarms)),
  all.floods.length ? h("section", { class: "panel" }, h("h3", {}, t("Floods")), floodTable(all.floods), others(all.floods)) : null];

function viewReport() {
  const shown = h("div", {}), error = h("p", { class: "error", role: "alert", hidden: true });
  const period = h("select", { id: "period" }, PERIODS.map(([value, word]) => h("option", { value, selected: value === reportAsked.period }, t(word))));
  const since = h("input", { id: "report-since", type: "datetime-local", value: reportAsked.since }), until = h("input", { id: "report-until", type: "datetime-local", value: reportAsked.until });
  const language = h("select", { id: "report-lang" }, [["en", "English"], ["fr", "Français"]].map(([value, word]) => h("option", { value, selected: value === (reportAsked.lang || lang), lang: value }, word)));
  const own = h("span", { class: "filters" }, h("label", { for: "report-since" }, t("From"), since), h("label", { for: "report-until" }, t("To"), until));
  const links = h("span", { class: "buttons" });
  const query = () => {
    const now = store.clock.time_ms || Date.now(), parts = {};
    Object.assign(reportAsked, { period: period.value, since: since.value, until: until.value, lang: language.value });
    own.hidden = period.value !== "own";
    if (period.value === "all") parts.since = "1";
    else if (period.value !== "own") parts.since = new Date(now - 1000 * Number(period.value)).toISOString();
    else {
      if (since.value) parts.since = new Date(since.value).toISOString();
      if (until.value) parts.until = new Date(until.value).toISOString();
    }
    return new URLSearchParams(parts);
  };
  const fill = (report) => {
    const all = report.analysis, alarms = all?.alarms;
    const facts = all ? [[t("Period"), `${day(Date.parse(all.from))} … ${day(Date.parse(all.to))}`], [t("Events"), all.events], [t("Availability"), percent(all.availability)], ...(all.machines.length > 1 ? [[t("Availability of the line"), percent(all.line_availability)]] : []),
      [t("Alarms"), `${alarms.raised} (${plain(Number(alarms.per_hour.toFixed(1)))} ${t("an hour")})`], [t("Most in ten minutes"), alarms.peak_10min], [t("Floods"), alarms.floods],
      [t("Chattering"), alarms.chattering], [t("Waiting for acknowledgement"), alarms.waiting]] : [[t("Period"), t("nothing happened in it")]];
    shown.replaceChildren(
      h("section", { class: "panel" }, h("dl", {}, facts.flatMap(([key, value]) => [h("dt", {}, key), h("dd", { class: "figure" }, value)]))),
      h("section", { class: "panel" }, h("h3", {}, t("Machines")), table(["Machine", "Availability", "Performance", "Quality", "OEE", "Good", "Reject", "Failures", "MTBF", "MTTR", "In service", "Down", "Maintenance"],
        (all?.machines || []).map((one) => [h("a", { href: path("machine", one.name) }, one.name), percent(one.availability), percent(one.performance), percent(one.quality), percent(one.oee),
          one.good == null ? "–" : many(one.good), one.reject == null ? "–" : many(one.reject), String(one.failures), lasting(one.mtbf_s), lasting(one.mttr_s), lasting(one.running_s), lasting(one.down_s), lasting((one.planned_maintenance_s || 0) + (one.repair_maintenance_s || 0))]), "none")),
      h("section", { class: "panel" }, h("h3", {}, t("Down time by cause")), causeTable(report.downtime_by_cause)),
      ...(all ? alarmPanels(all) : []).filter(Boolean),
      h("section", { class: "panel" }, h("h3", {}, t("Incidents")), incidentTable(report.incidents || [], read), cut(report.incidents || []) || ""),
      h("section", { class: "panel" }, h("h3", {}, t("Work")), workTable(report.work || [], read), cut(report.work || []) || ""));
  };
  const FORMATS = [["html", "html"], ["text", "txt"], ["markdown", "md"], ["csv", "csv"], ["json", "json"]];
  const read = reading(error, async () => {
    const asked = query();
    const address = (format) => `${API}/report?${asked}&lang=${language.value}&format=${format}`;
    links.replaceChildren(h("a", { class: "act", href: address("html"), target: "_blank", rel: "noopener" }, t("Open to print")),
      ...FORMATS.map(([format, ending]) => h("a", { class: "act", href: address(format), download: `report.${ending}`, "aria-label": `${t("download")} report.${ending}` }, ending)));
    shown.setAttribute("aria-busy", "true");
    try {
      fill(await ask(`/report?${asked}&lang=${lang}`));
    } finally {
      shown.removeAttribute("aria-busy");
    }
  });
  for (const node of [period, since, until, language]) node.addEventListener("change", read);
  own.hidden = reportAsked.period !== "own";
  shown.append(h("p", { class: "dim" }, t("It is being made …")));
  read();
  return h("div", {}, h("div", { class: "head" }, h("h2", {}, t("Report"))),
    h("div", { class: "filters" }, h("label", { for: "period" }, t("Period"), period), own, h("button", { type: "button", onclick: read }, t("Make it again"))),
    h("div", { class: "filters handon" }, h("label", { for: "report-lang" }, t("Language of the files"), language), h("span", {}, t("To hand on:")), links), error, shown);
}

function viewExercise() {
  const head = h("h2", {}, t("Exercise")), facts = h("dl", {}), notes = h("ol", { class: "plainlist" }), options = h("div", {}), error = h("p", { class: "error", role: "alert", hidden: true });
  const VERDICT = { "not decided": "…", met: "✓", missed: "✗" };
  const fill = (now) => {
    head.textContent = now.name;
    const rows = [[t("Time"), span(now.simulated_ms) + (now.duration_ms ? ` / ${span(now.duration_ms)}` : "") + (now.over ? ` – ${t("over")}` : "")],
      [t("Expectations met"), `${now.met} / ${now.expectations_all}` + (now.missed ? `, ${now.missed} ${t("missed")}` : "")], [t("Points"), `${now.points} / ${now.points_all}`]];
    facts.replaceChildren(...rows.flatMap(([key, value]) => [h("dt", {}, key), h("dd", { class: "num" }, value)]));
    notes.replaceChildren(...now.notes.toReversed().map((note) => h("li", {}, h("span", { class: "num dim" }, `${span(note.simulated_ms)}  `), note.text)));
    options.replaceChildren(table(["", "Expected", "Points", "When", "Instead"], now.expectations.toReversed().map((one) =>
      [`${VERDICT[one.verdict]} ${t(one.verdict)}`, one.what, String(one.points), span(one.decided_ms ?? one.simulated_ms), one.found]), "Nothing is expected yet."));
  };
  const read = reading(error, async () => {
    fill(await ask("/exercise"));
  });
  read();
  live("second", (slow) => { if (slow) read(); });
  return h("div", {}, h("div", { class: "head" }, head), error, h("section", { class: "panel" }, facts),
    h("section", { class: "panel" }, h("h3", {}, t("Notes")), notes), h("section", { class: "panel" }, h("h3", {}, t("Expectations")), options));
}
