// One table in the browser's own database: what is put there is on the disk when the promise is kept.

/** The promise of a request. */
const done = (request) =>
  new Promise((good, bad) => {
    request.onsuccess = () => good(request.result);
    request.onerror = () => bad(request.error);
  });

/** `name` of the database, `table` in it, and the `field` of each row that says which one it is. */
export class Store {
  #opened;

  constructor(name, table, field) {
    Object.assign(this, { name, table, field });
  }

  #open() {
    this.#opened ??= (async () => {
      const request = indexedDB.open(this.name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(this.table, { keyPath: this.field });
      const database = await done(request);
      const leave = () => { this.#opened = undefined; };
      database.onclose = leave; // the browser has emptied it: the next row opens it anew
      database.onversionchange = () => { database.close(); leave(); };
      return database;
    })();
    this.#opened.catch(() => { this.#opened = undefined; });
    return this.#opened;
  }

  /** What `work` asks of the table, once it is written. Rejects where there is no database, or no room. */
  async run(work, mode = "readwrite") {
    const transaction = (await this.#open()).transaction(this.table, mode, { durability: "strict" });
    const written = new Promise((good, bad) => {
      transaction.oncomplete = good;
      transaction.onabort = () => bad(transaction.error);
    });
    const [result] = await Promise.all([work(transaction.objectStore(this.table)), written]);
    return result;
  }

  put(row) {
    return this.run((table) => done(table.put(row)));
  }

  /** Puts the row that `made` makes of all that are there. */
  putAfter(made) {
    return this.run((table) => done(table.getAll()).then((rows) => done(table.put(made(rows)))));
  }

  all() {
    return this.run((table) => done(table.getAll()), "readonly");
  }

  delete(key) {
    return this.run((table) => done(table.delete(key)));
  }
}
