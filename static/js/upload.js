/* Files of a form go one by one, in pieces that are tried again when the line breaks. Without this script the same form
   sends them all at once. */

const WAITS = [1, 2, 4, 8, 15, 30, 30, 30];

for (const form of document.querySelectorAll("form[data-upload]")) {
  form.addEventListener("submit", (event) => {
    const input = form.querySelector('input[type="file"]');
    if (!input.files.length) return;
    event.preventDefault();
    sendAll(form, [...input.files]);
  });
}

/** A refusal that no second try changes; the message is the server's own. */
class Refused extends Error {}

async function sendAll(form, files) {
  const list = form.querySelector(".upload__files");
  const button = form.querySelector('button[type="submit"]');
  const rows = files.map((file) => new Row(form, file));
  list.replaceChildren(...rows.map((row) => row.element));
  list.hidden = false;
  button.disabled = true;
  addEventListener("beforeunload", ask);
  let refusals = 0;
  for (const row of rows) refusals += (await row.send()) ? 0 : 1;
  removeEventListener("beforeunload", ask);
  button.disabled = false;
  if (!refusals) return location.assign(location.pathname);
  if (refusals < rows.length) list.append(onward(form));
}

function ask(event) {
  event.preventDefault();
}

function onward(form) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = location.pathname;
  link.textContent = form.dataset.continue;
  item.append(link);
  return item;
}

class Row {
  constructor(form, file) {
    this.form = form;
    this.file = file;
    this.words = form.dataset;
    this.element = document.createElement("li");
    this.element.className = "upload__file";
    this.bar = document.createElement("progress");
    this.bar.max = 100;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", file.name);
    this.state = line("upload__state", this.words.waiting);
    this.element.append(line("upload__name", file.name), this.bar, this.state);
  }

  /** Whether the file was taken. */
  async send() {
    try {
      const upload = await this.begin();
      await this.sendPieces(upload);
      this.say(this.words.checking);
      await this.ask(`${upload.url}finish/`, this.wordsOfTheForm());
      this.end("done", this.words.done);
      return true;
    } catch (error) {
      this.end("wrong", error instanceof Refused ? error.message : this.words.failed);
      return false;
    }
  }

  async begin() {
    const said = this.wordsOfTheForm();
    said.set("purpose", this.words.purpose);
    said.set("name", this.file.name);
    said.set("size", this.file.size);
    said.set("sha256", await hash(this.file));
    return this.ask(this.words.upload, said);
  }

  async sendPieces({ url, received, piece }) {
    while (received < this.file.size) {
      this.say(this.words.sending.replace("{percent}", Math.floor((100 * received) / this.file.size)));
      this.bar.value = (100 * received) / this.file.size;
      const body = this.file.slice(received, received + piece);
      // What has come is the server's word: after a broken line it may be more than we know of.
      ({ received } = await this.ask(`${url}?offset=${received}`, body));
    }
    this.bar.value = 100;
  }

  wordsOfTheForm() {
    const said = new FormData(this.form);
    for (const input of this.form.querySelectorAll('input[type="file"]')) said.delete(input.name);
    return said;
  }

  /** The answer to a POST, tried again while the line or the server is away. */
  async ask(url, body) {
    for (const wait of [...WAITS, null]) {
      const answer = await this.post(url, body);
      if (answer) return answer;
      if (wait === null) break;
      this.say(this.words.again);
      await patience(wait);
    }
    throw new Error("away");
  }

  async post(url, body) {
    let response;
    try {
      const headers = { "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value, Accept: "application/json" };
      if (body instanceof Blob) headers["Content-Type"] = "application/octet-stream";
      response = await fetch(url, { method: "POST", body, headers, redirect: "manual" });
    } catch {
      return null;
    }
    // Led away to sign in: nothing that a second try changes.
    if (response.type === "opaqueredirect") throw new Refused(this.words.failed);
    if (response.ok || response.status === 409) return response.json();
    if (response.status >= 500 || response.status === 429) return null;
    const said = await response.json().catch(() => ({}));
    throw new Refused(said.reason ?? this.words.failed);
  }

  say(words) {
    this.state.textContent = words;
  }

  end(kind, words) {
    this.bar.remove();
    this.element.classList.add(`upload__file--${kind}`);
    this.say(words);
  }
}

function line(name, words) {
  const paragraph = document.createElement("p");
  paragraph.className = name;
  paragraph.textContent = words;
  return paragraph;
}

/** Waits, but no longer than until the browser says that the line is back. */
function patience(seconds) {
  return new Promise((done) => {
    const timer = setTimeout(done, seconds * 1000);
    addEventListener("online", () => (clearTimeout(timer), done()), { once: true });
  });
}

/** What the file must still be when it has arrived; outside https browsers cannot say it. */
async function hash(file) {
  if (!globalThis.crypto?.subtle) return "";
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
