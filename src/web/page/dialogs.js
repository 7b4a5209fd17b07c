/* Commands: a dialog says what will happen, the second step does it, and a refusal shows the plant's own words. */

function say(text, kind = "error") {
  const note = h("p", { class: `${kind} said`, role: "status" }, text);
  $("main").before(note); /* what is shown in there may be made anew meanwhile */
  setTimeout(() => note.remove(), 6000);
}

/* Who commands: what somebody said of himself stays in this browser, and goes with each command. */
const isProven = () => Boolean(store.who?.proven);
const whoIs = () => (isProven() ? store.who.name : localStorage.getItem("who") || "");
const whoSays = () => {
  if (store.who?.role) return `${store.who.name} (${store.who.role})`;
  return whoIs() ? whoIs() + (store.who?.operators ? ` (${t("no role")})` : "") : t("Your name");
};
/* What somebody says of himself with a command; a token says it better. */
const asField = () => (isProven() ? null : { key: "as", label: t("Your name"), value: whoIs() });

/* ---- what he may not do is seen before he tries ---- */

const INSTRUCTOR_UNIT = 247, BY_COILS = ["acknowledge", "states", "commands", "logbook"];
/* Why he may not; null: he may. unit: where; the access rules tell of units. */
function mayNot(right, unit) {
  const who = store.who;
  if (!who) return null;
  if (who.token === "impossible") return t("No command is taken over a network without a token: the plant file has no token_file.");
  const allowed = who.units.filter((one) => unit === undefined || one.id === unit).map((one) => one.allow);
  if (allowed.length && allowed.every((allow) => allow === "read" || allow === "none")) return t("The access rules of the plant file let this host read here, and no more.");
  if (allowed.length && !allowed.includes("all") && !BY_COILS.includes(right)) return t("The access rules of the plant file let this host write coils here, and no more.");
  return who.rights.find((one) => one.right === right)?.why ?? null;
}

/* A button of what he may not do has a padlock, says why, and does nothing else. */
function lock(node, [right, unit]) {
  const why = mayNot(right, unit);
  if (!why) return;
  node.setAttribute("aria-disabled", "true");
  node.title = why;
  node.append(s("svg", { class: "lock", viewBox: "0 0 12 14", role: "img", "aria-label": t("not allowed to you") }, s("path", { d: "M1 6h10v8H1zM3 6V4a3 3 0 0 1 6 0v2H7.5V4a1.5 1.5 0 0 0-3 0v2z" })));
  node.addEventListener("click", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    openDialog({ title: t("You may not do this"), effect: why, button: t("Who you are"), act: () => { setTimeout(whoDialog); } });
  }, true);
}
const given = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));

/* A time as the plant reads it, out of a number and its unit. */
const SPAN_UNITS = [["min", "minutes"], ["h", "hours"], ["d", "days"]];

/* A field's element, and how its value is read: {key, label, type, value, unit, words, long, span, required, hint}. */
function fieldOf(field) {
  const id = "field-" + field.key, required = field.required === true;
  const label = (...nodes) => h("label", { for: id, class: field.half ? "half" : null }, h("span", {}, field.label, field.unit ? ` (${field.unit})` : "", required ? " *" : ""), ...nodes, field.hint ? h("small", { class: "dim" }, field.hint) : null);
  if (field.words) {
    const input = h("select", { id }, field.words.map(([value, word]) => h("option", { value, selected: value === field.value }, word)));
    return { field, input, node: label(input), read: () => input.value };
  }
  if (field.span) {
    const input = h("input", { id, type: "number", min: 1, step: 1, required, autocomplete: "off" });
    const units = h("select", { id: id + "-unit", "aria-label": `${field.label}${COLON}${t("unit of time")}` }, SPAN_UNITS.map(([value, word]) => h("option", { value, selected: value === field.span }, t(word))));
    return { field, input, node: label(h("span", { class: "pair" }, input, units)), read: () => (input.value ? input.value + units.value : "") };
  }
  if (field.long) {
    const input = h("textarea", { id, class: "words", rows: 2, required }, field.value ?? "");
    return { field, input, node: label(input), read: () => input.value.trim().replace(/\s*\n\s*/g, " ") }; // the journal has one line of it
  }
  const input = h("input", { id, type: field.type || "text", value: field.value ?? "", step: field.step || "any", required, autocomplete: "off", spellcheck: "false" });
  return { field, input, node: label(input), read: () => (field.type === "number" ? input.value : input.value.trim()) };
}

/* fields: see above; act(values, again) does it, `again` for the second time and later; what it answers, where it is a
 * text, is shown and wants the button pressed again. about(): whether what it is about is still there. */
let dialogAbout = null;
function openDialog({ title, effect, fields = [], more = null, button, act, about = null }) {
  const dialog = $("dialog"), error = h("p", { class: "error", role: "alert", hidden: true }), notice = h("div", { class: "notice", role: "status", hidden: true });
  const made = fields.filter(Boolean).map(fieldOf);
  const submit = h("button", { class: "main act", type: "submit" }, button);
  let again = false;
  const tell = (problem) => {
    if (!(problem instanceof Problem)) throw problem;
    error.textContent = problem.message;
    error.hidden = false;
    error.scrollIntoView({ block: "nearest" });
  };
  const form = h("form", {
    method: "dialog",
    oninput: () => { again = false; notice.hidden = true; submit.textContent = button; },
    onsubmit: async (event) => {
      event.preventDefault();
      submit.disabled = true;
      error.hidden = true;
      try {
        const values = Object.fromEntries(made.map(({ field, read }) => [field.key, read()]));
        const other = values.as !== undefined && values.as !== whoIs();
        if (values.as !== undefined) localStorage.setItem("who", values.as);
        if (other) await readWho();
        const said = await act(values, again);
        if (other) show();
        if (typeof said !== "object" || !said?.ask) return dialog.close();
        notice.replaceChildren(...said.ask);
        notice.hidden = false;
        again = true;
        submit.textContent = t("Do it all the same");
      } catch (problem) {
        tell(problem);
      } finally {
        submit.disabled = Boolean(about) && !about();
      }
    },
  }, h("h2", { id: "dialog-title" }, title), effect ? h("p", {}, effect) : null, made.map(({ node }) => node), more, error, notice,
    h("div", { class: "buttons" }, h("button", { type: "button", class: "act", onclick: () => dialog.close() }, t("Cancel")), submit));
  dialog.replaceChildren(form);
  dialogAbout = about && (() => {
    if (about()) return;
    submit.disabled = true;
    tell(new Problem(t("It is no longer in the plant: somebody removed it meanwhile.")));
  });
  /* the view may have been made anew meanwhile: its button of the same name has the focus then */
  const opener = document.activeElement, named = (node) => node.getAttribute("aria-label") || node.textContent, name = opener && named(opener);
  dialog.onclose = () => {
    if (!opener?.isConnected) ([...document.querySelectorAll("main button, main a")].find((node) => named(node) === name) || $("main")).focus({ preventScroll: true });
  };
  if (!dialog.open) dialog.showModal();
  (made[0]?.input || submit).focus();
  made[0]?.input.select?.();
  return dialog;
}

const sensorPath = (name, verb) => `/sensors/${encodeURIComponent(name)}/${verb}`;

function forceDialog(sensor) {
  const text = typeof sensor.value === "string", flag = typeof sensor.value === "boolean";
  openDialog({
    title: `${t("Force")} ${sensor.name}`,
    about: () => store.sensors.has(sensor.name),
    effect: t("{sensor} shows this value until it is released.", { sensor: sensor.label || sensor.name })
      + (sensor.trips.length && sensor.machine ? " " + t("Beyond {limits} it stops {machine}.", { limits: sensor.trips.map((name) => t(LIMIT_WORDS[name] || name)).join(", ").toLowerCase(), machine: sensor.machine }) : ""),
    fields: [flag ? { key: "value", label: t("Value"), value: String(sensor.value), words: [["true", t("on")], ["false", t("off")]] }
      : { key: "value", label: `${t("Value")} ${text ? "" : `${plain(sensor.range_low)} … ${plain(sensor.range_high)}`}`, unit: sensor.unit, type: text ? "text" : "number", value: text || sensor.value === null ? sensor.value : digits(sensor.value, sensor.decimals) }],
    button: t("Force"),
    act: ({ value }) => ask(sensorPath(sensor.name, "force"), { value: text ? value : flag ? value === "true" : Number(value) }).then(takeSensor),
  });
}

function limitsDialog(sensor) {
  const names = Object.keys(LIMIT_WORDS);
  openDialog({
    title: `${t("Limits")} ${sensor.name}`,
    about: () => store.sensors.has(sensor.name),
    effect: t("An empty field switches that limit off."),
    fields: names.map((name) => ({ key: name, label: t(LIMIT_WORDS[name]) + (sensor.trips.includes(name) ? ` – ${t("trips")}` : ""), unit: sensor.unit, type: "number", value: sensor.limits[name] })),
    button: t("Save"),
    act: (values) => {
      const changed = names.filter((name) => (values[name] === "" ? null : Number(values[name])) !== sensor.limits[name]);
      if (!changed.length) return null;
      return ask(sensorPath(sensor.name, "limits"), Object.fromEntries(changed.map((name) => [name, values[name] === "" ? null : Number(values[name])]))).then(takeSensor);
    },
  });
}

function takeSensor(sensor) {
  Object.assign(store.sensors.get(sensor.name) || {}, sensor);
  show();
}

const EFFECTS = { en_service: "It starts and produces again.", en_panne: "It stops, as a failure: an incident begins.", maintenance: "It stops for maintenance; its alarms are out of service meanwhile." };
function stateDialog(machine, state) {
  openDialog({
    title: `${machine.name}${COLON}${t(STATE_DEEDS[state])}`,
    effect: t(EFFECTS[state]),
    about: () => store.machines.has(machine.name),
    fields: saidFields("Reason"),
    button: t("Do it"),
    act: (values) => ask(`/machines/${encodeURIComponent(machine.name)}/state`, { state, ...given(values) }).then((now) => { store.machines.set(now.name, now); show(); }),
  });
}

/* What a view reads: its problem stands there until a read is good. */
const reading = (error, read) => async () => {
  try {
    await read();
    error.hidden = true;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    error.textContent = problem.message;
    error.hidden = false;
  }
};

/* A button's command without a dialog: what goes wrong is told at the top. */
const doing = (command) => async () => {
  try {
    await command();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    say(problem.message);
  }
};

function actuatorDialog(actuator) {
  openDialog({
    title: `${t("Command")} ${actuator.name}`,
    fields: [actuator.on_off ? { key: "value", label: t("Command"), value: String(actuator.on), words: [["true", t("on")], ["false", t("off")]] }
      : { key: "value", label: `${t("Command")} ${plain(actuator.range_low)} … ${plain(actuator.range_high)}`, unit: actuator.unit, type: "number", value: actuator.command }],
    button: t("Do it"),
    act: ({ value }) => ask(`/actuators/${encodeURIComponent(actuator.name)}/command`, { value: actuator.on_off ? value === "true" : Number(value) }).then((now) => { store.actuators.set(now.name, now); show(); }),
  });
}

function controllerDialog(controller) {
  openDialog({
    title: controller.name,
    fields: [{ key: "automatic", label: t("Mode"), value: String(controller.automatic), words: [["true", t("automatic")], ["false", t("manual")]] },
      { key: "setpoint", label: t("Setpoint"), unit: controller.unit, type: "number", value: controller.setpoint },
      { key: "manual", label: `${t("Output")} (${t("manual")})`, type: "number", value: controller.manual }],
    button: t("Save"),
    act: (values) => {
      const body = {};
      if ((values.automatic === "true") !== controller.automatic) body.automatic = values.automatic === "true";
      for (const key of ["setpoint", "manual"]) if (Number(values[key]) !== controller[key]) body[key] = Number(values[key]);
      if (!Object.keys(body).length) return null;
      return ask(`/controllers/${encodeURIComponent(controller.name)}/setting`, body).then((now) => { store.controllers.set(now.name, now); show(); });
    },
  });
}

/* The token of http: token_file; it stays in this tab. It may be asked for while another dialog is open. */
function askToken(wrong) {
  return new Promise((resolve) => {
    const dialog = $("token"), input = h("input", { id: "field-token", type: "password", autocomplete: "off", required: true });
    const end = (token) => {
      if (token) sessionStorage.setItem("token", token);
      dialog.close();
    };
    dialog.replaceChildren(h("form", { method: "dialog", onsubmit: (event) => { event.preventDefault(); end(input.value.trim()); } },
      h("h2", { id: "token-title" }, t("Commands need a token")),
      h("p", {}, t(wrong ? "The plant does not know this token. It is in the file that token_file of the plant file names." : "Whoever runs the plant has it: it is in the file that token_file of the plant file names.")),
      h("label", { for: "field-token" }, t("Token"), input),
      h("div", { class: "buttons" }, h("button", { type: "button", class: "act", onclick: () => end("") }, t("Cancel")), h("button", { class: "main act", type: "submit" }, t("Go on")))));
    dialog.onclose = async () => {
      const said = Boolean(input.value.trim()) && sessionStorage.getItem("token") === input.value.trim();
      if (said) await readWho().then(() => show(), () => {});
      resolve(said);
    };
    dialog.showModal();
    input.focus();
  });
}

/* What he is, what he may do, and what takes another. */
function rightsList(who) {
  const list = (may, word) => {
    const rights = who.rights.filter((one) => one.may === may);
    return rights.length ? [h("div", {}, h("h3", {}, t(word)), h("ul", {}, rights.map((one) => h("li", {}, one.what))))] : [];
  };
  if (!who.operators) return h("p", { class: "dim" }, t("The plant file has no operators: whoever its access rules let in may do all that they allow."));
  return h("div", { class: "rights" }, list(true, "You may"), list(false, "You may not"));
}

function whoDialog() {
  const who = store.who;
  if (!who) return;
  const tokens = ["missing", "wrong", "good"].includes(who.token);
  const other = tokens ? h("button", { type: "button", class: "act", onclick: async () => { if (await askToken(false)) whoDialog(); } }, t(who.token === "missing" ? "Enter a token" : "Another token")) : null;
  openDialog({
    title: t("Who you are"),
    effect: isProven() ? t("{name}, as the token of this tab says.", { name: whoSays() }) : `${who.role ? `${whoSays()}. ` : ""}${t("It goes into the journal with each of your commands.")}`,
    fields: [asField()],
    more: h("div", {}, rightsList(who), other),
    button: t(isProven() ? "Close" : "Save"),
    act: async () => { await readWho(); show(); },
  });
}
