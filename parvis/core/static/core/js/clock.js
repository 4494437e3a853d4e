// By how many milliseconds this device's clock is behind the server's (less than nothing when it is ahead): measured at
// each answer and kept, so that a tap without a network still knows what its own time is worth. A clock that is set back
// meanwhile is noticed: time does not run backwards. (One that is set forward cannot be told from a device that slept.)

const NAME = "parvis:clock";
const SEEN = "parvis:clock:seen"; // the latest moment that this device's clock has shown
const LOOK = 5_000; // how often it is looked at
const SLACK = 1_500; // less than this is no jump

const read = (name) => {
  try {
    return localStorage.getItem(name) ?? "";
  } catch {
    return ""; // a browser without a store: the server uses the moment at which the tap arrives
  }
};

const write = (name, value) => {
  try {
    localStorage.setItem(name, String(Math.round(value)));
  } catch {
    // as above
  }
};

const ahead = () => Date.now() - performance.now(); // by the clock, when this page was opened
let opened = ahead();

/** What was measured is put right when the clock has gone back since; of two pages the first to notice does it. */
function look(fresh = false) {
  const back = fresh ? 0 : opened - ahead();
  const missed = Number(read(SEEN)) - Date.now(); // by so much at least, also while no page was open
  opened = ahead();
  if (missed > SLACK && (fresh || back > SLACK) && read(NAME)) write(NAME, Number(read(NAME)) + Math.max(back, missed));
  write(SEEN, Date.now());
}

look(true);
setInterval(() => look(), LOOK);

/** The server said its time (milliseconds since 1970) between two moments of this device. */
export function heard(server, sent, received) {
  if (!(server > 0)) return;
  look();
  write(NAME, server - (sent + received) / 2);
}

/** The server's time as this page says it; one that comes out of the browser's own memory says nothing. */
export function heardOnPage(server) {
  const [how] = performance.getEntriesByType("navigation");
  if (!how || how.type === "back_forward" || document.body.dataset.kept) return;
  const arrived = ahead() + how.responseStart;
  heard(server, arrived, arrived);
}

/** What was measured last, as a form sends it; "" if nothing was. */
export function behind() {
  look();
  return read(NAME);
}
