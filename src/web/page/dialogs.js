/* Commands: a dialog says what will happen, the second step does it, and a refusal shows the plant's own words. */

function say(text) {
  const note = h("p", { class: "error", role: "status" }, text);
  $("main").prepend(note);
  setTimeout(() => note.remove(), 6000);
}

/* fields: [{key, label, type, value, unit, ...}]; act(values) does it. */
function openDialog({ title, effect, fields = [], button, act }) {
  const dialog = $("dialog"), error = h("p", { class: "error", role: "alert", hidden: true });
  const inputs = fields.map((field) => {
    const id = "field-" + field.key;
    const input = field.words
      ? h("select", { id }, field.words.map(([value, label]) => h("option", { value, selected: value === field.value }, label)))
      : h("input", { id, type: field.type || "text", value: field.value ?? "", step: field.step || "any", autocomplete: "off" });
    return [field, input, h("label", { for: id }, field.label + (field.unit ? ` (${field.unit})` : ""), input)];
  });
  const submit = h("button", { class: "main act", type: "submit" }, button);
  const form = h("form", {
    method: "dialog",
    onsubmit: async (event) => {
      event.preventDefault();
      submit.disabled = true;
      error.hidden = true;
      try {
        await act(Object.fromEntries(inputs.map(([field, input]) => [field.key, input.value])));
        dialog.close();
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        error.textContent = problem.message;
        error.hidden = false;
      } finally {
        submit.disabled = false;
      }
    },
  }, h("h2", { id: "dialog-title" }, title), effect ? h("p", {}, effect) : null, inputs.map((input) => input[2]), error,
    h("div", { class: "buttons" }, h("button", { type: "button", class: "act", onclick: () => dialog.close() }, t("Cancel")), submit));
  dialog.replaceChildren(form);
  dialog.showModal();
  (inputs[0]?.[1] || submit).focus();
  inputs[0]?.[1].select?.();
  return dialog;
}

const sensorPath = (name, verb) => `/sensors/${encodeURIComponent(name)}/${verb}`;

function forceDialog(sensor) {
  const text = typeof sensor.value === "string", flag = typeof sensor.value === "boolean";
  openDialog({
    title: `${t("Force")} ${sensor.name}`,
    effect: lang === "fr"
      ? `${sensor.label || sensor.name} montre cette valeur jusqu’à ce qu’on la libère.${sensor.trips.length ? ` Au-delà de ${sensor.trips.join(", ")} elle arrête ${sensor.machine}.` : ""}`
      : `${sensor.label || sensor.name} shows this value until it is released.${sensor.trips.length ? ` Beyond ${sensor.trips.join(", ")} it stops ${sensor.machine}.` : ""}`,
    fields: [flag ? { key: "value", label: t("Value"), value: String(sensor.value), words: [["true", "on"], ["false", "off"]] }
      : { key: "value", label: `${t("Value")} ${text ? "" : `${plain(sensor.range_low)} … ${plain(sensor.range_high)}`}`, unit: sensor.unit, type: text ? "text" : "number", value: text ? sensor.value : number(sensor.value, sensor.decimals) }],
    button: t("Force"),
    act: ({ value }) => ask(sensorPath(sensor.name, "force"), { value: text ? value : flag ? value === "true" : Number(value) }).then(takeSensor),
  });
}

function limitsDialog(sensor) {
  const names = ["high_high", "high", "low", "low_low"];
  openDialog({
    title: `${t("Limits")} ${sensor.name}`,
    effect: lang === "fr" ? "Vide : la limite est désactivée." : "Empty: the limit is off.",
    fields: names.map((name) => ({ key: name, label: name + (sensor.trips.includes(name) ? ` – ${t("trips")}` : ""), unit: sensor.unit, type: "number", value: sensor.limits[name] })),
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

const EFFECTS = {
  en: { en_service: "starts it: it produces again.", en_panne: "stops it, as a failure.", maintenance: "stops it for maintenance; its alarms are out of service meanwhile." },
  fr: { en_service: "la met en marche : elle produit à nouveau.", en_panne: "l’arrête, comme une panne.", maintenance: "l’arrête pour maintenance ; ses alarmes sont hors service." },
};
function stateDialog(machine, state) {
  openDialog({
    title: `${machine.name}: ${t(STATES[state])}`,
    effect: `${machine.label || machine.name}: ${EFFECTS[lang][state]}`,
    button: t("Do it"),
    act: () => ask(`/machines/${encodeURIComponent(machine.name)}/state`, { state }).then((now) => { store.machines.set(now.name, now); show(); }),
  });
}

function shelveDialog(name) {
  openDialog({
    title: `${t("Shelve")} ${name}`,
    effect: lang === "fr" ? "Toutes les alarmes de ce capteur sont cachées pendant ce temps." : "All alarms of this sensor are hidden for that time.",
    fields: [{ key: "for", label: t("How long"), value: "30min", words: [["10min", "10 min"], ["30min", "30 min"], ["1h", "1 h"], ["8h", "8 h"], ["once", t("once")], ["", t("until unshelved")]] }],
    button: t("Shelve"),
    act: (values) => alarmCommand(name, "shelve", values.for ? { for: values.for } : {}),
  });
}

async function alarmCommand(name, verb, body = {}) {
  const answer = await ask(`/alarms/${encodeURIComponent(name)}/${verb}`, body);
  for (const sensor of store.sensors.values()) {
    if (sensor.name !== answer.acts_on && sensor.machine !== answer.acts_on) continue;
    sensor.alarms = answer.alarms.filter((alarm) => alarm.sensor === sensor.name);
  }
  show();
}

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
    fields: [actuator.on_off ? { key: "value", label: t("Command"), value: String(actuator.on), words: [["true", "on"], ["false", "off"]] }
      : { key: "value", label: `${t("Command")} ${plain(actuator.range_low)} … ${plain(actuator.range_high)}`, unit: actuator.unit, type: "number", value: actuator.command }],
    button: t("Do it"),
    act: ({ value }) => ask(`/actuators/${encodeURIComponent(actuator.name)}/command`, { value: actuator.on_off ? value === "true" : Number(value) }).then((now) => { store.actuators.set(now.name, now); show(); }),
  });
}

function controllerDialog(controller) {
  openDialog({
    title: controller.name,
    fields: [{ key: "automatic", label: "Mode", value: String(controller.automatic), words: [["true", t("automatic")], ["false", t("manual")]] },
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

/* The token of http: token_file; it stays in this tab. */
function askToken() {
  return new Promise((resolve) => {
    const open = $("dialog").open;
    const token = window.prompt(lang === "fr" ? "Jeton pour les commandes (token_file)" : "Token for commands (token_file)");
    if (token) sessionStorage.setItem("token", token.trim());
    if (open && !$("dialog").open) $("dialog").showModal();
    resolve(Boolean(token));
  });
}
