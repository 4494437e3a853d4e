// What has changed in the plan since the rider looked at it last: said once, and gone when it has been read.

/** The doors of a plan by their code. */
function doorsOf(plan) {
  const doors = plan.rounds.flatMap((round) => round.stops.map(({ code, street, position, standing }) => [code, { street, position, round: round.id, standing }]));
  return Object.fromEntries(doors);
}

/** Sentences about doors that came, went or changed their place; those that are done are no news. */
function compared(words, before, after, over) {
  const said = [];
  for (const [code, door] of Object.entries(after)) {
    const known = before[code];
    if (door.standing !== "waits" && door.standing !== "tried") continue;
    if (!known) said.push(words.added.replace("{number}", door.position).replace("{street}", door.street));
    else if (known.position !== door.position) said.push(words.moved.replace("{number}", door.position).replace("{street}", door.street));
  }
  for (const [code, door] of Object.entries(before)) {
    if (!after[code] && !over.includes(code)) said.push(words.removed.replace("{street}", door.street));
  }
  return said;
}

/** Shows the changes in the shift's own box; the plan counts as seen when there are none, or when they were read. */
export function changes(shift, plan, whose) {
  const name = `private:${whose}:plan`;
  const after = doorsOf(plan);
  const keep = () => {
    try {
      localStorage.setItem(name, JSON.stringify({ day: plan.day, at: plan.at, doors: after }));
    } catch {
      // without room it is said again
    }
  };
  let known = null;
  try {
    known = JSON.parse(localStorage.getItem(name) ?? "null");
  } catch {
    // what cannot be read was not seen
  }
  if (known?.at > plan.at) return; // an older page, kept on this phone
  const said = known?.day === plan.day ? compared(shift.dataset, known.doors, after, plan.over) : [];
  if (!said.length) return keep();
  const box = shift.querySelector("[data-changed]");
  box.querySelector("[data-list]").replaceChildren(...said.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  box.hidden = false;
  box.querySelector("[data-read]").addEventListener("click", () => {
    keep();
    box.hidden = true;
  });
}
