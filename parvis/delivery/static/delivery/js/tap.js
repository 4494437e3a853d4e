// The rider's own clock at the moment of the tap, sent along as a detail. Forms work without it.
// A second tap while the first is under way is swallowed; the server would count it once anyway.

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-tap]");
  if (!form) return;
  if (form.dataset.tap === "sent") {
    event.preventDefault();
    return;
  }
  form.dataset.tap = "sent";
  form.elements.tapped_at.value = new Date().toISOString();
});

// A page taken out of the browser's memory may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-tap=sent]")) form.dataset.tap = "";
});
