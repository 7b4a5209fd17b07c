/* Incidents, what was said of them, and work: what there is, and how it is told. */

const moment = (text) => (text ? new Intl.DateTimeFormat(LOCALES[lang], { dateStyle: "short", timeStyle: "short" }).format(new Date(text)) : "–");
const machineWords = () => [...store.machines.keys()].map((name) => [name, name]);

function noteDialog(incident, then) {
  openDialog({
    title: incident ? `${t("Note")}${COLON}${t("incident")} ${incident.number}` : t("Note"),
    fields: [{ key: "note", label: t("Text"), long: true, required: true }, asField(),
      incident ? null : { key: "machine", label: t("Machine"), value: "", words: [["", t("whole plant")], ...machineWords()] }].filter(Boolean),
    button: t("Save"),
    act: async (values) => {
      await ask(incident ? `/incidents/${incident.number}` : "/events", given(values));
      then?.();
    },
  });
}

function causeDialog(incident, then) {
  openDialog({
    title: `${t("Cause")}${COLON}${t("incident")} ${incident.number}`,
    effect: incident.text,
    fields: [{ key: "cause", label: t("Cause"), value: incident.cause, long: true, required: true }, asField()],
    button: t("Save"),
    act: async (values) => { await ask(`/incidents/${incident.number}`, given(values)); then(); },
  });
}

/* `machine`: the only one that is meant. */
function workDialog(then, machine) {
  openDialog({
    title: machine ? `${t("Open work")}${COLON}${machine}` : t("Open work"),
    fields: [machine ? null : { key: "machine", label: t("Machine"), words: machineWords() }, { key: "what", label: t("What is to be done"), long: true, required: true },
      { key: "kind", label: t("Kind"), value: "corrective", words: [["corrective", t("corrective: something is wrong")], ["preventive", t("preventive: before something is")]] },
      { key: "due", label: t("Due in"), span: "d" }, { key: "due_running", label: t("or due after running for"), span: "h" }, { key: "due_products", label: t("or due after so many products"), type: "number", step: 1 },
      { key: "takes", label: t("Planned duration"), span: "h" },
      store.plant?.instructor ? { key: "when", label: t("or due when this comes"), hint: t("An expression such as TT101 > 70. The plant file keeps it, and the work opens itself. It goes without the four above, and is preventive.") } : null, asField()].filter(Boolean),
    button: t("Save"),
    act: async (values) => {
      const body = given({ ...values, ...(machine ? { machine } : {}) });
      if (body.when) delete body.kind;
      if (body.due_products) body.due_products = Number(body.due_products);
      await ask("/work", body);
      then();
    },
  });
}

const STEPS = { start: "Start", done: "Done", cancel: "Call off" };
function workStep(work, step, then) {
  openDialog({
    title: `${t(STEPS[step])}${COLON}${work.machine}, ${work.why || work.number}`,
    fields: [{ key: "text", label: t(step === "done" ? "What was done" : step === "cancel" ? "Reason" : "Text"), long: true, required: step === "cancel" }, asField()],
    button: t(STEPS[step]),
    act: async (values) => { await ask(`/work/${work.number}/${step}`, given(values)); then(); },
  });
}

const actButton = (word, act, right = "logbook") => h("button", { type: "button", class: "act", right: [right], onclick: act }, t(word));
const keepTogether = (...buttons) => h("span", { class: "buttons keep" }, buttons);

/* ---- lists ---- */

const LISTED = 200;
function incidentTable(failures, read, machine) {
  const heads = ["Number", ...(machine ? [] : ["Machine"]), "From", "To", "Down", "First out", "Cause", ""];
  return table(heads, failures.toReversed().slice(0, LISTED).map((incident) => [
    h("a", { href: path("incident", incident.number) }, String(incident.number)), ...(machine ? [] : [incident.machine]), moment(incident.begin),
    incident.lasts ? h("span", { class: "word" }, t("lasts")) : moment(incident.end), lasting(incident.down_s), incident.text, incident.cause,
    keepTogether(actButton("Note", () => noteDialog(incident, read)), actButton("Cause", () => causeDialog(incident, read)))]), "no incidents");
}

const isOver = (item) => item.state === "done" || item.state === "cancelled";
function dueText(item) {
  if (isOver(item) || (item.due !== "condition" && item.due_left === null)) return "–";
  if (item.due === "condition") return t("by its condition");
  const left = Math.round(Math.abs(item.due_left)), length = item.due === "products" ? counted(left, left > 1 ? "products" : "product") : lasting(left);
  return item.due_left < 0 ? t("{length} ago", { length }) : length;
}
function workTable(works, read, machine) {
  const heads = ["Number", ...(machine ? [] : ["Machine"]), "What", "State", "Kind", "Opened", "Due", "Took", ""];
  return table(heads, works.toReversed().slice(0, LISTED).map((item) => [
    h("span", {}, String(item.number)), ...(machine ? [] : [item.machine]), [item.why, item.result].filter(Boolean).join(" – "), h("span", { class: item.overdue ? "word" : null }, t(item.overdue ? "overdue" : item.state)), t(item.kind), moment(item.opened),
    dueText(item), item.state === "open" ? "–" : lasting(item.real_s),
    keepTogether(item.state === "open" ? actButton("Start", () => workStep(item, "start", read)) : null, isOver(item) ? null : actButton("Done", () => workStep(item, "done", read)),
      "cancelled" in item && !isOver(item) && !item.by_state ? actButton("Call off", () => workStep(item, "cancel", read)) : null)]), "no work");
}

const cut = (list) => (list.length >= LISTED ? h("p", { class: "dim small" }, t("These are the newest {shown}; the report has figures of all.", { shown: LISTED })) : null);
const historyFilter = { machine: "", all: false };

function viewHistory() {
  const incidents = h("div", {}), work = h("div", {}), error = h("p", { class: "error", role: "alert", hidden: true });
  const read = reading(error, async () => {
    const of = historyFilter.machine ? `&machine=${encodeURIComponent(historyFilter.machine)}` : "";
    const [failures, works] = await Promise.all([ask(`/incidents?lang=${lang}&limit=${LISTED + 1}${of}`), ask(`/work?lang=${lang}&limit=${LISTED + 1}&all=${historyFilter.all}${of}`)]);
    incidents.replaceChildren(incidentTable(failures, read), cut(failures) || "");
    work.replaceChildren(workTable(works, read), cut(works) || "");
  });
  read();
  live("events", read);
  const all = h("label", {}, h("input", { type: "checkbox", id: "work-all", checked: historyFilter.all, onchange: (event) => { historyFilter.all = event.target.checked; read(); } }), ` ${t("with what is done")}`);
  return h("div", {}, h("div", { class: "head" }, h("h2", {}, t("Incidents and work")), chooser("history-machine", "Machine", [...store.machines.keys()].map((name) => [name, name]), historyFilter.machine, (value) => { historyFilter.machine = value; read(); })),
    error, h("section", { class: "panel" }, h("div", { class: "head" }, h("h3", {}, t("Work")), actButton("Open work", () => workDialog(read)), all), work),
    h("section", { class: "panel" }, h("div", { class: "head" }, h("h3", {}, t("Incidents")), actButton("Note", () => noteDialog(null, read))), incidents));
}

/* What is to be done on a machine, and what failed last. */
function historyPanels(machine) {
  const incidents = h("div", {}), work = h("div", {}), error = h("p", { class: "error", role: "alert", hidden: true });
  const read = reading(error, async () => {
    const of = `machine=${encodeURIComponent(machine)}&lang=${lang}`, [failures, works] = await Promise.all([ask(`/incidents?limit=5&${of}`), ask(`/work?limit=${LISTED}&${of}`)]);
    incidents.replaceChildren(incidentTable(failures, read, machine));
    work.replaceChildren(workTable(works, read, machine));
  });
  read();
  live("events", read);
  return h("div", {}, error, h("section", { class: "panel" }, h("div", { class: "head" }, h("h3", {}, t("Work")), actButton("Open work", () => workDialog(read, machine))), work),
    h("section", { class: "panel" }, h("div", { class: "head" }, h("h3", {}, t("Incidents")), h("a", { class: "small", href: path("history") }, t("All incidents"))), incidents));
}

/* ---- one incident ---- */

function viewIncident(number) {
  const error = h("p", { class: "error", role: "alert", hidden: true }), title = h("h2", {}, `${t("Incident")} ${number}`), facts = h("dl", {}), buttons = h("div", { class: "buttons" }), followed = h("div", {});
  const read = reading(error, async () => {
    const whole = await ask(`/incidents/${encodeURIComponent(number)}?lang=${lang}`);
    const alarm = allAlarms().find((one) => one.name === `${whole.first_out}.${whole.alarm}` && one.unacknowledged
      && !whole.acknowledged_by && (whole.lasts || new Date(one.raised) <= new Date(whole.end))); /* not what came after it */
    title.replaceChildren(`${t("Incident")} ${number}${COLON}`, store.machines.has(whole.machine) ? h("a", { href: path("machine", whole.machine) }, whole.machine) : whole.machine);
    facts.replaceChildren(...[["First out", whole.text], ["From", moment(whole.begin)], ["To", whole.lasts ? t("lasts") : whole.machine_removed ? `${moment(whole.end)} (${t("machine removed")})` : moment(whole.end)], ["Down", lasting(whole.down_s)],
      ["Repair", lasting(whole.repair_s)], ["Alarms that followed", String(whole.alarms)], ["Acknowledged by", whole.acknowledged_by ? `${peerWords(whole.acknowledged_by)}, ${moment(whole.acknowledged)}` : "–"],
      ["Cause", whole.cause ? `${whole.cause}${whole.cause_by ? ` (${peerWords(whole.cause_by)})` : ""}` : "–"]].flatMap(([key, value]) => [h("dt", {}, t(key)), h("dd", {}, value)]));
    const held = document.activeElement?.textContent;
    buttons.replaceChildren(...[alarm ? actButton("Acknowledge", doing(async () => { await alarmCommand(alarm.name, "ack"); read(); }), "acknowledge") : null, actButton("Cause", () => causeDialog(whole, read)), actButton("Note", () => noteDialog(whole, read)),
      store.machines.has(whole.machine) ? actButton("Open work", () => workDialog(read, whole.machine)) : null].filter(Boolean));
    [...buttons.children].find((one) => one.textContent === held && document.activeElement === document.body)?.focus();
    followed.replaceChildren(table(["When", "What", "Comment"], whole.events.map((event) => [day(event.time), event.text, event.comment]), "Nothing yet."));
  });
  read();
  live(["events", "alarms"], read);
  return h("div", {}, h("div", { class: "head" }, title, h("a", { class: "small", href: path("history") }, t("All incidents"))), error,
    h("div", { class: "cols" }, h("section", { class: "panel" }, facts), h("section", { class: "panel" }, h("h3", {}, t("Commands")), buttons)),
    h("section", { class: "panel" }, h("h3", {}, t("What followed")), followed));
}
