// How the shift stands: what the page says, with the rider's own taps on top. Plain calculations, no page.

/** Whether a tap was made on the rider's pages. */
export const ours = (tap) => new URL(tap.url, location.href).pathname.startsWith("/rider/");

/** What a tap did, to which round or stop: `handed`, `failed`, `later`, `fetched`, `missed`, `leave`, `back` or `share`. */
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
      for (const one of round.stops) if (!one.loads && !one.fetch) one.standing = "stays";
    }
    if (verb === "back" && round) round.back = true;
    if (stop && ["fetched", "missed"].includes(verb)) stop.fetch = false;
    const became = { handed: "delivered", failed: "failed", later: "tried", missed: "stays" }[verb];
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

const stopOf = (rounds, id) => rounds.flatMap((round) => round.stops).find((one) => one.id === id);

/** Where a stop begins: at the shop while its bags are still to be fetched there, then at its door. */
export const wayTo = (rounds, id) => `${stopOf(rounds, id)?.fetch ? "shop" : "way"} ${id}`;

/** The page on which something may be said of a stop, or "" when nothing may. */
export function pageOf(rounds, id) {
  const stop = stopOf(rounds, id);
  if (stop?.fetch) return rounds.some((round) => round.left && round.stops.includes(stop)) ? `fetch ${id}` : "";
  return ["waits", "tried", "failed"].includes(stop?.standing) ? `door ${id}` : "";
}
