"use strict";
/* Elements, words and numbers. Texts of the plant become text nodes and attributes, never markup. */

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, value);
  }
  for (const child of children.flat()) if (child !== null && child !== undefined && child !== false) node.append(child);
  return node;
}
const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const s = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
const $ = (id) => document.getElementById(id);
const path = (...parts) => "#/" + parts.map(encodeURIComponent).join("/");

/* ---- words ---- */

const FRENCH = {
  "Plant": "Installation", "Alarms": "Alarmes", "Trends": "Courbes", "Journal": "Journal", "Registers": "Registres", "Machine": "Machine",
  "live": "en direct", "old": "ancien", "connecting": "connexion", "paused": "en pause", "no connection": "pas de connexion",
  "in service": "en service", "failed": "en panne", "maintenance": "en maintenance", "since": "depuis", "good": "bons", "rejected": "rebuts",
  "No alarms": "Aucune alarme", "unacknowledged": "non acquittées", "acknowledged": "acquittées", "shelved": "mises de côté", "other": "autres",
  "Acknowledge": "Acquitter", "Shelve": "Mettre de côté", "Unshelve": "Remettre", "Reset": "Réarmer", "Acknowledge all": "Tout acquitter",
  "Force": "Forcer", "Release": "Libérer", "Limits": "Limites", "Cancel": "Annuler", "Save": "Enregistrer", "Do it": "Confirmer",
  "Sensors": "Capteurs", "Actuators": "Actionneurs", "Controllers": "Régulateurs", "Events": "Événements", "Value": "Valeur", "Range": "Étendue",
  "Sound on": "Son activé", "Sound off": "Son coupé", "Theme": "Thème", "forced": "forcé", "bad quality": "mauvaise qualité", "FORCED": "FORCÉ",
  "Priority": "Priorité", "Alarm": "Alarme", "State": "État", "Since": "Depuis", "Limit": "Limite", "Commands": "Commandes", "Time": "Heure",
  "What": "Quoi", "Who": "Qui", "Search": "Chercher", "Pause": "Pause", "Go on": "Reprendre", "Period": "Période", "Pens": "Traces",
  "Table of the data": "Tableau des données", "Unit": "Unité", "Table": "Table", "From address": "À partir de l’adresse", "Write": "Écrire",
  "Register": "Registre", "Address": "Adresse", "Raw": "Brut", "Name": "Nom", "Command": "Commande", "Setpoint": "Consigne", "Output": "Sortie",
  "automatic": "automatique", "manual": "manuel", "Last ten minutes": "Dix dernières minutes", "Skip to content": "Aller au contenu",
  "Loading the plant.": "Chargement.", "Nothing here.": "Rien ici.", "critical": "critique", "high": "haute", "medium": "moyenne", "low": "basse",
  "Token": "Jeton", "How long": "Durée", "until unshelved": "jusqu’au retour", "once": "une fois", "off": "désactivée", "download": "télécharger",
  "maintenance due": "maintenance à faire", "Position": "Position", "stops it": "l’arrête", "Ask for": "Demander", "more": "de plus", "Read it with": "Se lit avec",
  "Simulation": "Simulation", "Plant file": "Fichier", "One scan": "Un cycle", "Back to the snapshot": "Retour à l’instantané", "Take a snapshot": "Prendre un instantané",
  "runs": "en marche", "Speed": "Vitesse", "reached": "atteint", "Simulated time": "Temps simulé", "Late scans": "Cycles en retard", "Snapshot": "Instantané", "of": "de", "none": "aucun",
  "The whole plant goes back to it; what happened since is lost but for the journal.": "Toute l’installation y retourne ; le reste est perdu, sauf le journal.",
  "Faults": "Défauts", "Kind": "Sorte", "Sensor or actuator": "Capteur ou actionneur", "active": "actif", "no": "non", "Begin it": "Commencer", "End it": "Terminer", "Begins the fault": "Commence le défaut", "Ends the fault": "Termine le défaut",
  "The plant has no instructor.": "L’installation n’a pas d’instructeur.", "Changed from line": "Changé à partir de la ligne", "This is what runs.": "C’est ce qui tourne.",
  "It is a plant file.": "C’est un fichier d’installation.", "It cannot be used:": "Il ne peut pas servir :", "added": "ajoutés", "removed": "retirés", "changed": "changés", "It runs, and it is saved.": "Il tourne, et il est enregistré.",
  "line": "ligne", "Put it in place": "Mettre en place", "Check": "Vérifier", "What runs": "Ce qui tourne",
  "The plant goes on with this file. What has the same name keeps its state; the file on the plant's disk is written anew.": "L’installation continue avec ce fichier. Ce qui garde son nom garde son état ; le fichier sur le disque est réécrit.",
  "All": "Tous", "flood": "avalanche", "min": "min", "Traffic": "Trafic", "Client": "Client", "Function": "Fonction", "Request": "Requête", "Answer": "Réponse", "Answers": "Réponses", "exceptions alone": "exceptions seules",
  "No traffic yet: it is kept from now on, while this is open.": "Aucun échange pour l’instant : ils sont gardés désormais, tant que cette vue est ouverte.",
  "Report": "Rapport", "Exercise": "Exercice", "Availability": "Disponibilité", "an hour": "par heure", "Most in ten minutes": "Maximum en dix minutes", "Floods": "Avalanches",
  "Chattering": "Battements", "Waiting for acknowledgement": "En attente d’acquittement", "nothing happened in it": "rien ne s’y est passé", "Machines": "Machines", "Performance": "Performance",
  "Quality": "Qualité", "Good": "Bons", "Reject": "Rebuts", "Failures": "Pannes", "In service": "En service", "Down": "En panne", "Maintenance": "Maintenance", "Most frequent alarms": "Alarmes les plus fréquentes",
  "Raised": "Levée", "Active for": "Active pendant", "Make it again": "Refaire", "over": "terminé", "Expectations met": "Attentes satisfaites", "missed": "manquées", "met": "satisfaite", "not decided": "en cours",
  "Points": "Points", "Notes": "Notes", "Expectations": "Attentes", "Expected": "Attendu", "When": "Quand", "Instead": "Au lieu de cela", "Nothing is expected yet.": "Rien n’est encore attendu.",
  "Scale to the values": "Échelle selon les valeurs", "active": "active", "Silence": "Silence", "Priority": "Priorité", "State": "État",
  "transaction id: the response carries the same": "identifiant de transaction : la réponse porte le même", "protocol id: Modbus": "identifiant de protocole : Modbus",
  "length: so many bytes follow": "longueur : octets qui suivent", "unit id": "unité", "function": "fonction", "first address": "première adresse", "quantity": "quantité", "byte count": "nombre d’octets",
  "Last writer": "Dernier à écrire", "nobody that is known": "personne de connu", "Response": "Réponse", "Request": "Requête",
  "waits for the next scan": "attend le prochain cycle", "trips": "arrête la machine",
};
let lang = localStorage.getItem("lang") || (navigator.language.startsWith("fr") ? "fr" : "en");
const t = (word) => (lang === "fr" && FRENCH[word]) || word;

const STATES = { en_service: "in service", en_panne: "failed", maintenance: "maintenance" };
const PRIORITIES = ["critical", "high", "medium", "low"];

/* ---- numbers and times ---- */

function number(value, decimals) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "boolean") return value ? "on" : "off";
  if (typeof value === "string") return value;
  return value.toFixed(decimals === undefined ? Math.max(0, 3 - Math.ceil(Math.log10(Math.abs(value) + 1))) : decimals);
}
const plain = (value) => (value === null || value === undefined ? "–" : String(Number(value.toPrecision(7))));
const unit = (text) => (text ? " " + text : "");
const isToday = (time) => new Date(time).toDateString() === new Date().toDateString();
const clock = (time) => new Date(time).toLocaleTimeString(lang, { hour12: false });
const day = (time) => isToday(time) ? clock(time) : new Date(time).toLocaleString(lang, { hour12: false, month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" });

function ago(time) {
  const seconds = Math.max(0, Math.round((Date.now() - new Date(time)) / 1000));
  if (seconds < 60) return seconds + " s";
  if (seconds < 3600) return Math.floor(seconds / 60) + " min";
  if (seconds < 86400) return Math.floor(seconds / 3600) + " h " + Math.floor((seconds % 3600) / 60) + " min";
  return Math.floor(seconds / 86400) + " d " + Math.floor((seconds % 86400) / 3600) + " h";
}

/* ---- symbols: a shape and a number as well as a colour ---- */

function mark(priority, waits) {
  const shapes = {
    critical: ["rect", { x: 1, y: 1, width: 14, height: 14 }], high: ["path", { d: "M8 0 16 15H0z" }],
    medium: ["path", { d: "M8 0 16 8 8 16 0 8z" }], low: ["circle", { cx: 8, cy: 8, r: 7.5 }],
  };
  const rank = PRIORITIES.indexOf(priority);
  return s("svg", { class: "mark " + priority + (waits ? " waits" : ""), viewBox: "0 0 16 16", role: "img", "aria-label": t(priority) },
    s(...shapes[priority]), s("text", { x: 8, y: priority === "high" ? 13.5 : 11.6 }, String(rank + 1)));
}

function badge(state) {
  const shapes = { en_service: "M2 1 11 6 2 11z", en_panne: "M2 2 10 10M10 2 2 10", maintenance: "M6 1a5 5 0 1 0 .01 0z" };
  return h("span", { class: "badge " + state, title: state },
    s("svg", { viewBox: "0 0 12 12", "aria-hidden": "true" },
      s("path", { d: shapes[state], "stroke-width": state === "en_panne" ? 2.5 : 1, fill: state === "maintenance" ? "none" : null })),
    h("span", { class: "word" }, t(STATES[state])));
}

/* A moving analogue indicator: range, normal band, limits (a trip is thicker), setpoint below, pointer above. */
function gauge(sensor) {
  const low = sensor.range_low, high = sensor.range_high;
  if (typeof sensor.value !== "number" || low === null || high === null || high <= low) return h("span", { class: "dim small" }, sensor.label);
  const x = (value) => Math.max(0, Math.min(100, (100 * (value - low)) / (high - low)));
  const limits = sensor.limits || {};
  const inner = [limits.low ?? limits.low_low ?? low, limits.high ?? limits.high_high ?? high];
  const svg = s("svg", { class: "gauge", viewBox: "0 0 100 24", preserveAspectRatio: "none", "aria-hidden": "true" },
    s("rect", { class: "range", x: 0, y: 9, width: 100, height: 8 }),
    s("rect", { class: "band", x: x(inner[0]), y: 9, width: Math.max(0, x(inner[1]) - x(inner[0])), height: 8 }),
    Object.entries(limits).filter(([, value]) => value !== null).map(([name, value]) =>
      s("line", { class: "limit" + (sensor.trips.includes(name) ? " trip" : ""), x1: x(value), x2: x(value), y1: 7, y2: 19, "vector-effect": "non-scaling-stroke" })));
  for (const [, controller] of store.controllers)
    if (controller.input === sensor.name && typeof controller.active_setpoint === "number")
      svg.append(s("path", { class: "setpoint", d: `M${x(controller.active_setpoint)} 24l-2 -6h4z` }));
  const pointer = s("path", { class: "pointer", d: "M-2 0H2L0 10z" });
  svg.append(pointer);
  svg.show = (now) => {
    pointer.setAttribute("transform", `translate(${x(now.value).toFixed(2)} 0)`);
    const worst = PRIORITIES.find((priority) => (now.alarms || []).some((alarm) => alarm.priority === priority && alarm.active));
    pointer.setAttribute("class", "pointer " + (worst || ""));
  };
  svg.show(sensor);
  return svg;
}
