// By how many milliseconds this device's clock is behind the server's (less than nothing when it is ahead): measured at
// each answer and kept, so that a tap without a network still knows what its own time is worth.

const NAME = "parvis:clock";

/** The server said its time (milliseconds since 1970) between two moments of this device. */
export function heard(server, sent, received) {
  if (!(server > 0)) return;
  try {
    localStorage.setItem(NAME, String(Math.round(server - (sent + received) / 2)));
  } catch {
    // a browser without a store: the server uses the moment at which the tap arrives
  }
}

/** The server's time as this page says it; one that comes out of the browser's own memory says nothing. */
export function heardOnPage(server) {
  const [how] = performance.getEntriesByType("navigation");
  if (!how || how.type === "back_forward" || document.body.dataset.kept) return;
  const arrived = Date.now() - performance.now() + how.responseStart;
  heard(server, arrived, arrived);
}

/** What was measured last, as a form sends it; "" if nothing was. */
export function behind() {
  try {
    return localStorage.getItem(NAME) ?? "";
  } catch {
    return "";
  }
}
