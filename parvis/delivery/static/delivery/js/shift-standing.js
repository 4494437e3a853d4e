// How the shift stands: what the page says, with the rider's own taps on top. Plain calculations, no page.

/** Whether a tap was made on the rider's pages. */
export const ours = (tap) => new URL(tap.url, location.href).pathname.startsWith("/rider/");

/** What a tap did, to which round or stop: `handed`, `failed`, `later`, `leave`, `back` or `share`. */
export function deed({ url, values, tapped_at }) {
  const [, , id, verb] = new URL(url, location.href).pathname.split("/").filter(Boolean);
  const later = verb === "failed" && values.some(([name, value]) => name === "later" && value === "on");
  return { verb: later ? "later" : (verb ?? "share"), id: id ?? "", tapped_at };
}

/** The rounds that are not over, after these deeds. */
export function standing(plan, deeds) {
  const rounds = structuredClone(plan.rounds);
  const stops = new Map(rounds.flatMap((round) => round.stops.map((stop) => [stop.id, stop])));
  for (const { verb, id, tapped_at } of deeds) {
    const round = rounds.find((one) => one.id === id);
    const stop = stops.get(id);
    if (verb === "leave" && round && !round.left) {
      round.left = true;
      for (const one of round.stops) if (!one.loads) one.standing = "stays";
    }
    if (verb === "back" && round) round.back = true;
    const became = { handed: "delivered", failed: "failed", later: "tried" }[verb];
    if (stop && became) Object.assign(stop, { standing: became, tapped_at });
  }
  return rounds.filter((round) => !round.back);
}

/** The round that is ridden, or the first to come. */
export const current = (rounds) => rounds.find((one) => one.left) ?? rounds[0];

/** The doors still to come, by id: in `order`, and those that were tried in vain at the end. */
export function ahead(round, order) {
  const rank = (stop) => (stop.standing === "tried" ? stop.tapped_at ?? "0" : "");
  const open = round.stops.filter((stop) => ["waits", "tried"].includes(stop.standing) && order.includes(stop.id));
  open.sort((a, b) => rank(a).localeCompare(rank(b)) || order.indexOf(a.id) - order.indexOf(b.id));
  return open.map((stop) => stop.id);
}

/** Whether something may still be said of a stop. */
export function isOpen(rounds, id) {
  const stop = rounds.flatMap((round) => round.stops).find((one) => one.id === id);
  return ["waits", "tried", "failed"].includes(stop?.standing);
}
