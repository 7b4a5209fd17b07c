/* Alarms one by one: what stands, what hides it and who said so, and what can be done. */

/* ---- what can be done ---- */

const SPANS = [["10min", "10 min"], ["30min", "30 min"], ["1h", "1 h"], ["4h", "4 h"], ["8h", "8 h"], ["12h", "12 h"]];
const isNormal = (alarm) => alarm.state === "normal";
const isShelved = (alarm) => alarm.state === "shelved";

/* A deed of one alarm: the right that it takes, the word of its button, when there is something to do, what it says before it is done; without
 * that it is done at once. `timed`: it ends by itself. `short`: its word in a list. */
const DEEDS = [
  { verb: "ack", right: "acknowledge", word: "Acknowledge", can: (alarm) => alarm.unacknowledged },
  { verb: "reset", right: "acknowledge", word: "Reset", can: (alarm) => alarm.state.startsWith("latched") },
  { verb: "shelve", right: "shelve", word: "Shelve", can: (alarm) => !isHidden(alarm), timed: [...SPANS, ["once", "once"], ["", "until unshelved"]], effect: "It is hidden for that time, then comes back by itself. Its interlock stays armed." },
  { verb: "unshelve", right: "shelve", word: "Unshelve", can: isShelved },
  { verb: "remove", right: "service", word: "Take out of service", can: (alarm) => alarm.state !== "out of service", effect: "It is not raised until it is returned to service: for work on the instrument. Its interlock stays armed." },
  { verb: "return", right: "service", word: "Return to service", can: (alarm) => alarm.state === "out of service" },
  { verb: "bypass", right: "bypass", word: "Bypass the interlock", can: (alarm) => alarm.trips && !alarm.bypassed_s, timed: SPANS, effect: "It no longer stops the machine for that time. The alarm itself stays." },
  { verb: "restore", right: "bypass", word: "Arm the interlock", short: "Arm", can: (alarm) => alarm.bypassed_s },
];
const IN_LISTS = ["ack", "reset", "shelve", "unshelve", "return", "restore"];

const saidFields = (why) => [{ key: "why", label: t(why), long: true }, asField()];

function deedDialog(alarm, deed) {
  openDialog({
    title: `${t(deed.word)}${COLON}${alarm.name}`,
    effect: t(deed.effect),
    about: () => store.sensors.has(alarm.sensor) || !alarm.sensor,
    fields: [...(deed.timed ? [{ key: "for", label: t("How long"), value: "30min", words: deed.timed.map(([value, word]) => [value, value && value !== "once" ? word : t(word)]) }] : []), ...saidFields("Reason")],
    button: t(deed.word),
    act: (values) => alarmCommand(alarm.name, deed.verb, given(values)),
  });
}

const unitOfAlarm = (alarm) => (store.sensors.get(alarm.sensor) || store.machines.get(alarm.machine))?.unit_id;
const deedButton = (alarm, deed, word = deed.word) => h("button", { type: "button", class: "act", right: [deed.right, unitOfAlarm(alarm)], "aria-label": `${t(deed.word)} ${alarm.name}`,
  onclick: deed.effect ? () => deedDialog(alarm, deed) : doing(() => (isOfBypass(alarm) && deed.verb === "restore" ? ask(`/interlocks/${encodeURIComponent(ofBypass(alarm.name))}/restore`, {}) : alarmCommand(alarm.name, deed.verb))) }, t(word));
/* An alarm of a bypass that is no row of the plant is nobody's to acknowledge or to hide. */
const isRow = (alarm) => !isOfBypass(alarm) || alarm.sensor === alarm.name;
const deedButtons = (alarm, verbs) => DEEDS.filter((deed) => (!verbs || verbs.includes(deed.verb)) && deed.can(alarm) && (deed.verb === "restore" || isRow(alarm))).map((deed) => deedButton(alarm, deed, verbs && deed.short));

async function alarmCommand(name, verb, body = {}) {
  const answer = await ask(`/alarms/${encodeURIComponent(name)}/${verb}`, body);
  const alone = answer.acts_on === name && answer.acts_on.includes(".");
  for (const sensor of store.sensors.values()) {
    if (alone ? !name.startsWith(sensor.name + ".") : sensor.name !== answer.acts_on && sensor.machine !== answer.acts_on) continue;
    sensor.alarms = [...(alone ? (sensor.alarms || []).filter((alarm) => ofBypass(alarm.name) !== name) : []), ...answer.alarms.filter((alarm) => alarm.sensor === sensor.name)];
    store.dirty.add(sensor.name).add("alarms");
  }
}

/* ---- a list ---- */

const left = (seconds) => (seconds >= 120 ? `${Math.ceil(seconds / 60)} min` : `${seconds} s`);
const stateWords = (alarm) => tOne(alarm.state) + (alarm.shelved_s ? ` (${left(alarm.shelved_s)})` : "");
/* Since when it is hidden, or else stands. */
function sinceOf(alarm) {
  const since = isHidden(alarm) || isOfBypass(alarm) ? (whatHid(alarm)?.time || alarm.since) : alarm.raised || alarm.since;
  return !isNormal(alarm) && since ? day(since) : "";
}

function alarmRow(alarm, verbs = IN_LISTS) {
  const sensor = store.sensors.get(alarm.sensor) || {}, waits = alarm.unacknowledged && !isHidden(alarm);
  const value = h("td", { class: "num" });
  const update = () => { value.textContent = isBypassName(alarm.name) ? "–" : number((store.sensors.get(alarm.sensor) || alarm).value, sensor.decimals) + unit(alarm.unit); };
  update();
  live(alarm.sensor, (slow) => slow && update());
  return h("tr", { class: waits ? "waits" : null },
    h("td", { class: "keep" }, mark(alarm.priority, waits, isNormal(alarm)), " ", t(alarm.priority)),
    h("td", {}, h("a", { href: path("alarm", alarm.name) }, alarm.name)),
    h("td", { class: ["span", longClass(alarm.diagnosis + alarm.action)].filter(Boolean).join(" ") }, `${known(alarm.diagnosis)}${alarm.machine ? ` – ${alarm.machine}` : ""}`, alarm.action ? h("div", { class: "small" }, alarm.action) : null), value,
    h("td", { class: "num limit", "data-label": t("Limit") }, plain(alarm.limit) + (alarm.limit === null ? "" : unit(alarm.unit))),
    h("td", { class: isHidden(alarm) || alarm.bypassed_s ? "span" : null }, stateWords(alarm), alarm.bypassed_s ? h("span", { class: "word" }, `, ${t("interlock bypassed")} (${left(alarm.bypassed_s)})`) : null,
      isHidden(alarm) || alarm.bypassed_s ? h("div", { class: "dim small long" }, whoIsSaid(alarm)) : null),
    h("td", { class: "time" }, sinceOf(alarm)),
    h("td", { class: "span" }, h("div", { class: "buttons" }, deedButtons(alarm, verbs))));
}

/* Of thousands the first are shown; the others come when somebody asks for them. */
const ROWS_AT_ONCE = 100;
function alarmTable(alarms, verbs) {
  const body = h("tbody", {}, alarms.slice(0, ROWS_AT_ONCE).map((alarm) => alarmRow(alarm, verbs)));
  const node = h("div", { class: "scroll" }, h("table", { class: "stack" },
    h("thead", {}, h("tr", {}, ["Priority", "Alarm", "What", "Value", "Limit", "State", "Since", "Commands"].map((word, n) => h("th", { class: n === 3 || n === 4 ? "num" : null }, t(word))))), body));
  if (alarms.length <= ROWS_AT_ONCE) return node;
  const more = h("button", { type: "button", class: "act", onclick: () => {
    const shown = body.childElementCount;
    body.append(...alarms.slice(shown, shown + ROWS_AT_ONCE).map((alarm) => alarmRow(alarm, verbs)));
    label();
  } });
  const label = () => {
    more.hidden = body.childElementCount >= alarms.length;
    more.textContent = t("Show more ({shown} of {all})", { shown: many(body.childElementCount), all: many(alarms.length) });
  };
  label();
  node.append(more);
  return node;
}

const alarmFilter = { machine: "", priority: "", state: "" };

/* Events of an alarm, of the interlock where it is one of a bypass; and of its whole sensor. */
const isAbout = (event, alarm) => {
  const name = ofBypass(alarm.name);
  return event.sensor === name || event.sensor === alarm.name || (event.sensor === alarm.sensor && (!event.alarm || name === `${event.sensor}.${event.alarm}`));
};
/* What hid it: the newest event that hides it so, unless a newer one ends that. A machine in maintenance takes its alarms
 * out of service. */
function whatHid(alarm) {
  const codes = HIDING[isHidden(alarm) ? alarm.state : "bypassed"];
  const newest = (wanted) => store.events.find(wanted) || store.hiding.find(wanted);
  const own = newest((event) => codes.includes(event.code) && isAbout(event, alarm) && (alarm.state !== "suppressed" || isOfMask(event, alarm)));
  const removed = alarm.state === "out of service" && store.machines.get(alarm.machine)?.state === "maintenance";
  const told = [own?.code === codes[0] ? own : null, removed ? newest((event) => event.code === "machine state" && event.machine === alarm.machine) : null];
  return told.reduce((last, one) => (one && one.seq > (last?.seq ?? 0) ? one : last), null);
}
/* Who hid it, and why. */
function whoHid(alarm) {
  const event = whatHid(alarm);
  return event ? `${peerOf(event)}${event.comment ? COLON + event.comment : ""}` : "";
}
/* Of several alarms that are suppressed at once the event has a bit each. */
const KINDS = ["low_low", "low", "high", "high_high", "rate_of_change", "bad_quality", "condition"];
const isOfMask = (event, alarm) => ((event.detail >> KINDS.indexOf(alarm.alarm)) & 1) === 1;
const whoIsSaid = (alarm) => (isHidden(alarm) || alarm.bypassed_s ? whoHid(alarm) : "");

function viewAlarms() {
  const node = h("div", {}), shown = h("div", {});
  const wanted = (alarm) => (!alarmFilter.machine || alarm.machine === alarmFilter.machine) && (!alarmFilter.priority || alarm.priority === alarmFilter.priority)
    && (!alarmFilter.state || (alarmFilter.state === "active" ? alarm.active : !alarm.active));
  let before = "";
  const update = () => {
    const all = allAlarms().filter(wanted).sort(byWeight), is = (test) => all.filter(test);
    const groups = [["unacknowledged", is((alarm) => alarm.unacknowledged && !isHidden(alarm))], ["acknowledged", is((alarm) => !alarm.unacknowledged && !isHidden(alarm))],
      ["shelved", is(isShelved)], ["other", is((alarm) => isHidden(alarm) && !isShelved(alarm))],
      ["bypassed interlocks", bypasses().filter(wanted)]];
    const key = groups.map(([, list]) => list.map((alarm, n) => alarm.name + alarm.state + alarm.since + Boolean(alarm.bypassed_s) + (n < ROWS_AT_ONCE ? whoIsSaid(alarm) : "")).join()).join("|");
    if (before === key) return;
    before = key;
    const held = document.activeElement && shown.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
    followers = followers.filter((follower) => follower.keep);
    shown.replaceChildren(...groups.filter(([name, list]) => list.length || name === "unacknowledged").map(([name, list]) =>
      h("section", { class: "panel" }, h("h2", {}, counted(list.length, name)), list.length ? alarmTable(list, name === "bypassed interlocks" ? ["restore"] : IN_LISTS) : h("p", { class: "dim" }, t("No alarms")))));
    /* who acknowledged the last one reads on from the head, not from the next one's button */
    if (held) ([...shown.querySelectorAll("[aria-label]")].find((other) => other.getAttribute("aria-label") === held) || $("main")).focus({ preventScroll: true });
  };
  live(["alarms", "events"], update); /* who hid it comes with its event, behind the state */
  followers.at(-1).keep = true;
  update();
  const choose = (key, label, words) => chooser("alarm-" + key, label, words, alarmFilter[key], (value) => { alarmFilter[key] = value; update(); });
  node.append(h("div", { class: "head" }, h("h2", {}, t("Alarms"))),
    h("div", { class: "filters" }, choose("machine", "Machine", [...store.machines.keys()].map((name) => [name, name])),
      choose("priority", "Priority", PRIORITIES.map((priority) => [priority, t(priority)])),
      choose("state", "State", [["active", t("active")], ["over", t("over")]])), shown);
  return node;
}

/* ---- one alarm ---- */

/* What the plant file says of it, where it does. */
const TEXTS = [["message", "Message"], ["cause", "Cause"], ["consequence", "Consequence"], ["action", "What to do"]];

function viewAlarm(name) {
  const title = h("h2", {}), facts = h("dl", {}), buttons = h("div", { class: "buttons" }), error = h("p", { class: "error", role: "alert", hidden: true }), events = h("div", {});
  let shown = "", about = null;
  const fill = (alarm) => {
    const now = store.sensors.get(alarm.sensor) || {}, hid = whoIsSaid(alarm), bypass = isBypassName(alarm.name);
    about = alarm;
    const rows = [["State", stateWords(alarm)], ["What", known(alarm.diagnosis)], ...TEXTS.filter(([key]) => alarm[key]).map(([key, word]) => [word, alarm[key]]),
      ["Priority", [mark(alarm.priority, false), " ", t(alarm.priority)]], ["Value", bypass ? "–" : number(now.value ?? alarm.value, now.decimals) + unit(alarm.unit)],
      ["Limit", plain(alarm.limit) + (alarm.limit === null ? "" : unit(alarm.unit))], ["Raised", alarm.raised ? day(alarm.raised) : "–"],
      ["Interlock", !alarm.trips && !alarm.bypassed_s ? t(bypass ? "armed" : "none: it stops nothing") : alarm.bypassed_s ? t("bypassed, {left} left", { left: left(alarm.bypassed_s) }) : t("armed: it stops {machine}", { machine: alarm.machine || "–" })],
      ...(hid ? [["Who", hid]] : [])];
    facts.replaceChildren(...rows.flatMap(([key, value]) => [h("dt", {}, t(key)), h("dd", {}, value)]));
    const key = JSON.stringify(DEEDS.map((deed) => Boolean(deed.can(alarm))));
    if (key === shown) return; /* a button that has the focus stays */
    shown = key;
    const held = buttons.contains(document.activeElement);
    buttons.replaceChildren(...deedButtons(alarm));
    if (held) buttons.firstChild?.focus();
    title.replaceChildren(alarm.machine ? h("a", { class: "crumb", href: path("machine", alarm.machine) }, alarm.machine) : "", alarm.machine ? " / " : "",
      ...(store.sensors.has(alarm.sensor) ? [h("a", { class: "crumb", href: path("sensor", alarm.sensor) }, alarm.sensor), " / "] : []), alarm.name, " ", h("span", { class: "dim" }, alarm.label));
  };
  const read = reading(error, async () => {
    fill(await ask("/alarms/" + encodeURIComponent(name)));
    const list = store.events.filter((event) => isAbout(event, about)).slice(0, 50);
    events.replaceChildren(list.length ? h("table", { class: "stack" }, h("tbody", {}, eventRows(list))) : h("p", { class: "dim" }, t("Nothing yet.")));
  });
  title.textContent = name;
  read();
  live(["alarms", "second"], (slow) => { if (slow) read(); });
  return h("div", {}, h("div", { class: "head" }, title), error, h("div", { class: "cols" }, h("section", { class: "panel" }, facts), h("section", { class: "panel" }, h("h3", {}, t("Commands")), buttons)),
    h("section", { class: "panel scroll" }, h("h3", {}, t("Events")), events));
}

/* ---- interlocks ---- */

/* What stops a machine or does not let it start, where the plant tells of it. */
function interlockPanel(machine) {
  const node = h("section", { class: "panel", hidden: true }), shown = h("div", {});
  node.append(h("h3", {}, t("Interlocks")), shown);
  const command = (interlock, verb, body) => ask(`/interlocks/${encodeURIComponent(interlock.name)}/${verb}`, body).then(read);
  const bypass = (interlock) => openDialog({
    title: `${t("Bypass the interlock")}${COLON}${interlock.name}`,
    effect: t("It no longer stops the machine for that time. The alarm itself stays."),
    about: () => store.machines.has(machine),
    fields: [{ key: "for", label: t("How long"), value: "10min", words: SPANS }, ...saidFields("Reason")],
    button: t("Bypass the interlock"),
    act: (values) => command(interlock, "bypass", given(values)),
  });
  let before = "";
  async function read() {
    if (!(await offers("/interlocks"))) return;
    const list = await ask(`/interlocks?machine=${encodeURIComponent(machine)}`);
    node.hidden = !list.length;
    const key = JSON.stringify(list);
    if (key === before) return;
    before = key;
    shown.replaceChildren(table(["Name", "What", "State", ""], list.map((one) => [one.name, [known(one.message), known(one.action)].filter(Boolean).join(" – "),
      h("span", { class: one.state === "ready" ? null : "word" }, known(one.state), one.first_out ? `, ${t("First out").toLowerCase()}` : "", one.bypass_s ? ` (${left(one.bypass_s)})` : ""),
      one.bypass_s ? h("button", { type: "button", right: ["bypass", store.machines.get(machine)?.unit_id], "aria-label": `${t("Arm the interlock")} ${one.name}`, onclick: doing(() => command(one, "restore", {})) }, t("Arm"))
        : one.longest_bypass_s ? h("button", { type: "button", right: ["bypass", store.machines.get(machine)?.unit_id], "aria-label": `${t("Bypass the interlock")} ${one.name}`, onclick: () => bypass(one) }, t("Bypass")) : ""]), "none"));
  }
  const again = () => read().catch((problem) => { if (!(problem instanceof Problem)) throw problem; });
  again();
  live([machine, "alarms"], (slow) => slow && again());
  return node;
}
