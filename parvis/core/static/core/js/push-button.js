// Notices on this device by the browser's own standard. Nothing is asked before the button is pressed.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

customElements.define("push-button", class extends HTMLElement {
  async connectedCallback() {
    if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return;
    this.start = this.querySelector("[data-start]");
    this.end = this.querySelector("[data-stop]");
    this.said = this.querySelector("[data-said]");
    this.start.addEventListener("click", () => this.#try(() => this.#allow()));
    this.end.addEventListener("click", () => this.#try(() => this.#stop()));
    const registration = await navigator.serviceWorker.getRegistration("/");
    const subscription = await registration?.pushManager.getSubscription();
    this.#show(Boolean(subscription) && "following" in this.dataset);
    this.hidden = false;
  }

  async #try(step) {
    this.start.disabled = this.end.disabled = true;
    try {
      await step();
    } catch {
      const refused = Notification.permission === "denied";
      this.said.textContent = refused ? this.said.dataset.refused : this.said.dataset.failed;
    }
    this.start.disabled = this.end.disabled = false;
  }

  async #allow() {
    await navigator.serviceWorker.register(this.dataset.worker);
    const registration = await navigator.serviceWorker.ready;
    const subscription = await registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: bytes(this.dataset.key),
    });
    const { place, street } = this.dataset;
    if (await this.#send(this.dataset.allow, { ...subscription.toJSON(), place, street })) this.#show(true);
    else await subscription.unsubscribe();
  }

  async #stop() {
    const registration = await navigator.serviceWorker.getRegistration("/");
    const subscription = await registration?.pushManager.getSubscription();
    if (subscription) {
      await this.#send(this.dataset.end, { endpoint: subscription.endpoint });
      await subscription.unsubscribe();
    }
    this.#show(false);
  }

  async #send(address, body) {
    const headers = { "content-type": "application/json", "x-csrftoken": this.dataset.token };
    const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(body) });
    this.said.textContent = (await answer.json()).said;
    return answer.ok;
  }

  #show(told) {
    this.start.hidden = told;
    this.end.hidden = !told;
  }
});
