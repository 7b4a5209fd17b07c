/* What an instructor does: the plant's time and faults, and the plant file itself. */

const span = (ms) => {
  const seconds = Math.floor(ms / 1000), two = (n) => String(n).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
};
const SPEEDS = [0.1, 0.5, 1, 2, 5, 10, 60, 100, 1000];

function viewSimulation() {
  const figures = h("dl", {}), faults = h("tbody", {}), error = h("p", { class: "error", role: "alert", hidden: true });
  const pauseWord = h("span", {}), pause = h("button", { class: "act", type: "button", right: ["simulation", INSTRUCTOR_UNIT] }, pauseWord), step = h("button", { class: "act", type: "button", right: ["simulation", INSTRUCTOR_UNIT] }, t("One scan"));
  const back = h("button", { class: "act", type: "button", right: ["simulation", INSTRUCTOR_UNIT] }, t("Back to the snapshot"));
  const speed = h("select", { id: "speed" });
  speed.disabled = Boolean(mayNot("simulation", INSTRUCTOR_UNIT));
  const none = h("p", { class: "dim" }, t("The plant file has none: faults: in it describes some, to be begun here."));
  const faultTable = h("table", { class: "stack" }, h("thead", {}, h("tr", {}, ["Name", "Kind", "Sensor or actuator", "State", ""].map((word) => h("th", {}, t(word))))), faults);
  let sim = null, shown = "";
  const tell = (body) => ask("/sim", body).then(fill);
  const fill = (now) => {
    sim = now;
    const speeds = [...new Set([...SPEEDS, now.speed])].sort((a, b) => a - b);
    pauseWord.textContent = t(now.paused ? "Go on" : "Pause");
    step.disabled = !now.paused;
    back.disabled = !now.snapshot;
    if (document.activeElement !== speed)
      speed.replaceChildren(...speeds.map((one) => h("option", { value: one, selected: one === now.speed }, `×${plain(one)}`)));
    const rows = [[t("State"), t(now.paused ? "paused" : "runs")], [t("Speed"), `×${plain(now.speed)}` + (now.paused ? "" : ` (${t("reached")} ×${number(now.speed_now, 2)})`)],
      [t("Simulated time"), span(now.simulated_ms)], [t("Late scans"), now.late_scans],
      [t("Snapshot"), now.snapshot ? `${t("of")} ${span(now.snapshot_ms)}` : t("none")]];
    figures.replaceChildren(...rows.flatMap(([key, value]) => [h("dt", {}, key), h("dd", {}, value)]));
  };
  const fillFaults = (list) => {
    if (JSON.stringify(list) === shown) return; /* a button that has the focus stays */
    shown = JSON.stringify(list);
    none.hidden = list.length > 0;
    faultTable.hidden = !list.length;
    faults.replaceChildren(...list.map((fault) => h("tr", {}, h("td", {}, fault.name), h("td", {}, t(fault.kind)),
    h("td", {}, fault.sensor ? h("a", { href: path("sensor", fault.sensor) }, fault.sensor) : fault.actuator), h("td", { class: fault.active ? "word" : "dim" }, t(fault.active ? "active" : "no")),
    h("td", {}, h("button", { type: "button", right: ["simulation", INSTRUCTOR_UNIT], onclick: () => faultDialog(fault, read) }, t(fault.active ? "End it" : "Begin it"))))));
  };
  const read = reading(error, async () => {
    const [now, list] = await Promise.all([ask("/sim"), ask("/faults")]);
    fill(now);
    fillFaults(list);
  });
  pause.addEventListener("click", doing(() => tell({ pause: !sim.paused })));
  step.addEventListener("click", doing(() => tell({ step: 1 })));
  speed.addEventListener("change", doing(() => tell({ speed: Number(speed.value) })));
  back.addEventListener("click", () => openDialog({ title: t("Back to the snapshot"), effect: t("The whole plant goes back to it; what happened since is lost but for the journal."), button: t("Do it"), act: () => tell({ restore: true }) }));
  read();
  live("second", (slow) => { if (slow) read(); });
  return h("div", {}, h("div", { class: "head" }, h("h2", {}, t("Simulation"))), error,
    h("section", { class: "panel" }, figures, h("div", { class: "filters" }, h("label", { for: "speed" }, t("Speed"), speed),
      h("div", { class: "buttons" }, pause, step, h("button", { class: "act", type: "button", right: ["simulation", INSTRUCTOR_UNIT], onclick: doing(() => tell({ snapshot: true })) }, t("Take a snapshot")), back))),
    h("section", { class: "panel scroll" }, h("h3", {}, t("Faults")), store.plant.instructor ? null : h("p", {}, t("The plant has no instructor.")),
      none, faultTable));
}

function faultDialog(fault, then) {
  openDialog({
    title: fault.name,
    effect: `${t(fault.active ? "Ends the fault" : "Begins the fault")}${COLON}${t(fault.kind)} ${fault.sensor || fault.actuator}`,
    button: t("Do it"),
    act: () => ask(`/faults/${encodeURIComponent(fault.name)}`, { on: !fault.active }).then(then),
  });
}

/* ---- the plant file ---- */

/* The lines that a text has and the other has not, in order, by the longest common run of lines at both ends. */
function changes(from, to) {
  const old = from.split("\n"), now = to.split("\n");
  let head = 0, tail = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head++;
  while (tail < old.length - head && tail < now.length - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
  return { at: head + 1, out: old.slice(head, old.length - tail), in: now.slice(head, now.length - tail) };
}

/* What somebody writes, and what was said of it, outlast the view: it is made anew when the plant changes. */
const draft = { text: null, verdict: null, show: null };

function viewPlantFile() {
  const text = h("textarea", { id: "plantfile", spellcheck: "false", wrap: "off", rows: 24 });
  const said = h("div", { role: "status" }), differs = h("div", {});
  let running = "";
  const goTo = (line) => {
    const lines = text.value.split("\n"), at = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    text.focus();
    text.setSelectionRange(at, at + (lines[line - 1] || "").length);
    text.scrollTop = Math.max(0, line - 6) * (text.scrollHeight / lines.length);
  };
  const showChanges = () => {
    const found = changes(running, text.value);
    differs.replaceChildren(...(found.out.length || found.in.length
      ? [h("h3", {}, `${t("Changed from line")} ${found.at}`), h("pre", { tabindex: 0 }, ...found.out.slice(0, 200).map((line) => h("del", {}, "- " + line + "\n")), ...found.in.slice(0, 200).map((line) => h("ins", {}, "+ " + line + "\n")))]
      : [h("p", { class: "dim" }, t("This is what runs."))]));
  };
  const showVerdict = () => {
    const now = draft.verdict;
    if (!now) return said.replaceChildren();
    const sum = now.ok ? `${t("It is a plant file.")} ${now.added} ${t("added")}, ${now.removed} ${t("removed")}, ${now.changed} ${t("changed")}.${now.saved ? " " + t("It runs, and it is saved.") : ""}` : t("It cannot be used:");
    said.replaceChildren(h("p", { class: now.ok ? "word" : "error" }, sum), h("ul", {}, now.messages.map((one) => h("li", {},
      one.line ? h("button", { type: "button", onclick: () => goTo(one.line) }, `${t("line")} ${one.line}`) : null, " ", one.message))));
  };
  const send = (verb) => ask("/plant/" + verb, { text: text.value }).then((now) => { draft.verdict = now; draft.show(); });
  const read = doing(async () => {
    const answer = await fetch(API + "/plant/text", { headers: { "Accept-Language": lang } });
    if (!answer.ok) throw new Problem((await answer.json()).detail);
    running = await answer.text();
    text.value = draft.text ?? running;
    showChanges();
  });
  const forget = () => { Object.assign(draft, { text: null, verdict: null }); showVerdict(); read(); };
  text.addEventListener("input", () => { draft.text = text.value; showChanges(); });
  draft.show = showVerdict;
  showVerdict();
  read();
  const put = () => openDialog({ title: t("Put it in place"), effect: t("The plant goes on with this file. What has the same name keeps its state; the file on the plant's disk is written anew."),
    button: t("Do it"), act: () => send("put") });
  return h("div", {}, h("div", { class: "head" }, h("h2", {}, t("Plant file"))),
    h("section", { class: "panel" }, h("label", { for: "plantfile", class: "dim" }, store.plant.name), text,
      h("div", { class: "buttons" }, h("button", { class: "act", type: "button", right: ["plant", INSTRUCTOR_UNIT], onclick: doing(() => send("check")) }, t("Check")),
        h("button", { class: "act", type: "button", right: ["plant", INSTRUCTOR_UNIT], onclick: put }, t("Put it in place")), h("button", { class: "act", type: "button", onclick: forget }, t("What runs")),
        h("a", { href: API + "/plant/text", download: "plant.yaml", class: "act" }, t("download"))), said, differs));
}
