/* Where what is done: for who is here for the first time. */

const HELP = [
  ["Supervise", [["See all machines and their values", "#/"], ["See alarms, acknowledge, shelve and bypass", "#/alarms"], ["See how values went", "#/trends"]]],
  ["Machines", [["Start, stop, put into maintenance: open a machine of the plant", "#/"], ["Add a machine", addMachineDialog], ["Change or remove one: at the end of its view", "#/"]]],
  ["Sensors", [["Force a value, set limits: open a sensor of a machine", "#/"], ["Add a sensor", doingLater(() => addSensorDialog())], ["Change or remove one: at the end of its view", "#/"]]],
  ["Diagnose", [["See why a machine failed, and what followed", "#/history"], ["See what each register holds, and who wrote it", "#/registers"], ["See what masters ask, and what they are answered", "#/traffic"]]],
  ["Maintain", [["See and open work, begin and end it", "#/history"], ["Open work", doingLater(() => workDialog(() => { location.hash = "#/history"; }))], ["Write a note", () => noteDialog(null, () => { location.hash = "#/journal"; })]]],
  ["Look back", [["Read the journal of all that happened", "#/journal"], ["Make a report, print it, hand it on", "#/report"]]],
  ["Simulate", [["Hold, speed up and take back time; begin faults", "#/simulation"], ["Edit the whole plant file", "#/file"], ["Take the points into another program", "#/connect"]]],
];

/* What is made of functions that stand further on. */
function doingLater(command) {
  return () => doing(command)();
}

function viewHelp() {
  return h("div", {}, h("div", { class: "head" }, h("h2", {}, t("Where what is done"))),
    h("div", { class: "tiles" }, HELP.map(([head, lines]) => h("section", { class: "tile" }, h("h3", {}, t(head)),
      h("ul", {}, lines.filter(([, act]) => typeof act === "string" || act !== addMachineDialog || mayEdit()).map(([line, act]) => h("li", {}, typeof act === "string" ? h("a", { href: act }, t(line)) : h("button", { type: "button", onclick: act }, t(line)))))))),
    mayEdit() ? null : h("p", { class: "panel" }, t("This plant has no instructor: machines, sensors and time cannot be changed here. Its file allows it with instructor: true.")));
}
