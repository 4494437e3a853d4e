// <copy-line data-copy data-copied>: a button that copies the text box inside it, and says so.

customElements.define("copy-line", class extends HTMLElement {
  connectedCallback() {
    const box = this.querySelector("textarea");
    if (!box || this.querySelector("button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--quiet";
    button.textContent = this.dataset.copy;
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    button.addEventListener("click", async () => {
      box.select();
      try {
        await navigator.clipboard.writeText(box.value);
      } catch {
        document.execCommand("copy"); // a page without https has no clipboard
      }
      said.textContent = this.dataset.copied;
    });
    this.append(button, said);
  }
});
