/* Machines and sensors added, changed and removed: edits of the plant file, which the plant checks, runs and saves. */

const mayEdit = () => store.plant.instructor;

/* What the plant knows and offers, by its own document of the interface. */
let contract = null;
const readContract = async () => (contract ||= await ask("/openapi.json"));
const wordsOf = async (noun, key) => (await readContract()).components.schemas[noun].properties[key].enum;
const offers = async (where) => (await readContract()).paths[API + where] !== undefined;

/* First it is asked what would come of it: what is to be known before is shown, and the button pressed again. */
async function edit(body, again) {
  const send = async (check) => {
    const verdict = await ask("/plant/edit", { ...body, check });
    if (!verdict.ok) throw new Problem([t(body.do === "remove" ? "Nothing was changed, for other things in the plant file go by it; they are to be changed first:" : "So the plant file would be wrong; nothing was changed:"),
      ...verdict.messages.map((one) => `${one.line ? `${t("line")} ${one.line}${COLON}` : ""}${one.message}`)].join("\n"));
    return verdict;
  };
  if (!again) {
    const would = await send(true);
    const moved = would.messages.filter((one) => / moved from /.test(one.message)), others = would.messages.filter((one) => !moved.includes(one));
    if (moved.length || others.length) {
      return { ask: [...others.map((one) => h("p", {}, one.message)),
        ...(moved.length ? [h("p", {}, t("Other points get other addresses: masters that know the old ones would read something else there.")),
          h("details", {}, h("summary", {}, t("{count} of them", { count: moved.length })), h("ul", {}, moved.map((one) => h("li", {}, one.message))))] : [])] };
    }
  }
  await send(false);
  await reload();
  return null;
}

const NAME_HINT = "Letters, digits, _ . and -; a letter first.";
const priorityWords = () => PRIORITIES.map((priority) => [priority, t(priority)]);
const yaml = (text) => (text === "" ? "" : JSON.stringify(text));
const group = (pairs) => `{${Object.entries(pairs).map(([key, value]) => `${key}: ${value}`).join(", ")}}`;

function addMachineDialog() {
  const units = store.plant.units.filter((unit) => unit.id !== 247);
  openDialog({
    title: t("Add a machine"),
    effect: t("It joins the plant at once, and is written into the plant file."),
    fields: [{ key: "name", label: t("Name"), required: true, hint: t(NAME_HINT) }, { key: "label", label: t("What it is") },
      { key: "unit", label: t("Behind which Modbus unit"), value: String(units[0].id), words: units.map((unit) => [String(unit.id), `${unit.id} ${unit.name}`]) },
      { key: "cycle", label: t("Time for one product, if it makes any"), unit: "s", type: "number" },
      { key: "every", label: t("Maintenance after running for"), unit: "h", type: "number" }],
    button: t("Add"),
    act: async (values, again) => {
      const keys = given({ label: yaml(values.label), cycle: values.cycle && group({ time: `${values.cycle}s` }), maintenance: values.every && group({ every: `${values.every}h` }) });
      const said = await edit({ do: "add", thing: "machine", name: values.name, where: values.unit, keys }, again);
      if (!said) location.hash = path("machine", values.name);
      return said;
    },
  });
}

async function addSensorDialog(machine) {
  const kinds = await wordsOf("Sensor", "kind");
  openDialog({
    title: machine ? t("Add a sensor to {machine}", { machine }) : t("Add a sensor"),
    effect: t("It is simulated from now on, has a Modbus register, and is written into the plant file."),
    about: () => !machine || store.machines.has(machine),
    fields: [{ key: "name", label: t("Name"), required: true, hint: t(NAME_HINT) }, { key: "label", label: t("What it measures") },
      ...(machine ? [] : [{ key: "where", label: t("Machine"), words: machineWords() }]),
      { key: "kind", half: true, label: t("Kind"), value: "temperature", words: kinds.filter((kind) => kind !== "contact").map((kind) => [kind, t(kind)]) }, { key: "unit", half: true, label: t("Unit of measurement") },
      { key: "low", half: true, label: t("Range from"), type: "number", value: 0, required: true }, { key: "high", half: true, label: t("to"), type: "number", value: 100, required: true },
      { key: "base", label: t("Its usual value"), type: "number", hint: t("It is simulated around this one.") },
      { key: "min", half: true, label: t("Alarm below"), type: "number" }, { key: "max", half: true, label: t("Alarm above"), type: "number" },
      { key: "trip", label: t("Such an alarm"), value: "", words: [["", t("is shown, and the machine goes on")], ["trip", t("stops the machine, too")]] },
      { key: "priority", label: t("Priority"), value: "medium", words: priorityWords() }],
    button: t("Add"),
    act: async (values, again) => {
      const limits = given({ low: values.min, high: values.max });
      const keys = given({ label: yaml(values.label), kind: values.kind, unit: yaml(values.unit), range: `[${values.low}, ${values.high}]`, limits: Object.keys(limits).length ? group(limits) : "",
        trip: values.trip && Object.keys(limits).length ? `[${Object.keys(limits).join(", ")}]` : "", priority: Object.keys(limits).length ? values.priority : "", signal: values.base === "" ? "" : group({ base: values.base }) });
      const said = await edit({ do: "add", thing: "sensor", name: values.name, where: machine || values.where, keys }, again);
      if (!said) location.hash = path("sensor", values.name);
      return said;
    },
  });
}

function changeDialog(thing, item, fields, keysOf) {
  openDialog({
    title: t("Change {name}", { name: item.name }),
    effect: t("The plant goes on with it at once, and it is written into the plant file."),
    about: () => store[thing + "s"].has(item.name),
    fields,
    button: t("Save"),
    act: (values, again) => {
      const keys = keysOf(values);
      return Object.keys(keys).length ? edit({ do: "set", thing, name: item.name, keys }, again) : null;
    },
  });
}

const changeMachineDialog = (machine) => changeDialog("machine", machine, [{ key: "label", label: t("What it is"), value: machine.label },
  { key: "every", label: t("Maintenance after running for"), unit: "h", type: "number", hint: t("Empty: as it is now.") }],
(values) => ({ ...(values.label !== machine.label ? { label: yaml(values.label) } : {}), ...(values.every ? { "maintenance.every": `${values.every}h` } : {}) }));

async function changeSensorDialog(sensor) {
  const kinds = await wordsOf("Sensor", "kind"), numeric = typeof sensor.value === "number";
  changeDialog("sensor", sensor, [{ key: "label", label: t("What it measures"), value: sensor.label },
    { key: "kind", label: t("Kind"), value: sensor.kind, words: kinds.map((kind) => [kind, t(kind)]) },
    ...(numeric ? [{ key: "unit", label: t("Unit of measurement"), value: sensor.unit }, { key: "low", half: true, label: t("Range from"), type: "number", value: sensor.range_low, required: true },
      { key: "high", half: true, label: t("to"), type: "number", value: sensor.range_high, required: true },
      { key: "priority", label: t("Priority of its alarms"), value: "", words: [["", t("as it is now")], ...priorityWords()] }] : [])],
  (values) => ({ ...(values.label !== sensor.label ? { label: yaml(values.label) } : {}), ...(values.kind !== sensor.kind ? { kind: values.kind } : {}),
    ...(numeric && values.unit !== sensor.unit ? { unit: yaml(values.unit) } : {}), ...(values.priority ? { priority: values.priority } : {}),
    ...(numeric && (Number(values.low) !== sensor.range_low || Number(values.high) !== sensor.range_high) ? { range: `[${values.low}, ${values.high}]` } : {}) }));
}

function removeDialog(thing, item) {
  const sensors = [...store.sensors.values()].filter((sensor) => sensor.machine === item.name).length;
  openDialog({
    title: t("Remove {name}", { name: item.name }),
    effect: thing === "machine" ? t("{name} and its {count} sensors leave the plant and its file. What the journal has of them stays.", { name: item.name, count: sensors })
      : t("{name} leaves the plant and its file. What the journal has of it stays.", { name: item.name }),
    about: () => store[thing + "s"].has(item.name),
    button: t("Remove"),
    act: async (_, again) => {
      const said = await edit({ do: "remove", thing, name: item.name }, again);
      if (!said) location.hash = item.machine ? path("machine", item.machine) : "#/";
      return said;
    },
  });
}

const editButtons = (...buttons) => (mayEdit() ? h("div", { class: "buttons" }, buttons.map(([word, act]) => h("button", { type: "button", class: "act", right: ["plant", INSTRUCTOR_UNIT], onclick: act }, t(word)))) : null);
