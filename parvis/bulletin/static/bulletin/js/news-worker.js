// Shows a notice of a post and opens it. Keeps nothing and answers no other request.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let post;
  try {
    post = event.data.json();
  } catch {
    return;
  }
  const { title, body, url, tag, lang } = post;
  event.waitUntil(self.registration.showNotification(title, { body, tag, lang, data: { url } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = new URL(event.notification.data?.url ?? "/news/", self.location.origin);
  if (address.origin !== self.location.origin) return;
  event.waitUntil(
    (async () => {
      const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
      const open = pages.find((page) => page.url === address.href);
      await (open ? open.focus() : self.clients.openWindow(address.href));
    })(),
  );
});

self.addEventListener("pushsubscriptionchange", (event) => {
  const old = event.oldSubscription;
  if (!old) return;
  event.waitUntil(
    (async () => {
      const fresh = event.newSubscription ?? (await self.registration.pushManager.subscribe(old.options));
      const body = JSON.stringify({ ...fresh.toJSON(), old: old.endpoint });
      await fetch("/news/push/renew/", { method: "POST", headers: { "content-type": "application/json" }, body });
    })(),
  );
});
