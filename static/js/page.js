/* What script adds to pages that work without it. Every listener sits on the document, so that swapped parts need none. */

const BUSY = "is-busy";

/** A form goes out once: its button rests until the page changes, the answer is swapped in, or history brings it back. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (isOut(form)) event.preventDefault();
  else send(form);
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (isOut(form)) event.preventDefault();
  else send(form);
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target.method === "post") wake(event.target);
});

addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(wake));

function isOut(form) {
  return form.dataset.sent !== undefined;
}

function send(form) {
  form.dataset.sent = "";
  // After this turn, so that the pressed button's own name and value are still sent.
  setTimeout(() => isOut(form) && submitters(form).forEach((button) => rest(button, true)));
}

function wake(form) {
  delete form.dataset.sent;
  submitters(form).forEach((button) => button.classList.contains(BUSY) && rest(button, false));
}

function submitters(form) {
  return [...form.elements].filter((element) => element.type === "submit");
}

function rest(button, isBusy) {
  button.disabled = isBusy;
  button.classList.toggle(BUSY, isBusy);
}

/** Menus close on Escape, on a click elsewhere and when focus leaves them. */
const menus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("focusin", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

/** A link to a dialog opens it above the page; without script the same link shows it in the page. */
document.addEventListener("click", (event) => {
  const opener = event.target.closest("a[data-dialog]");
  const dialog = opener && document.getElementById(opener.hash.slice(1));
  if (dialog?.showModal) {
    event.preventDefault();
    dialog.showModal();
    return;
  }
  const closer = event.target.closest("[data-close]");
  if (closer?.closest("dialog")?.open) {
    event.preventDefault();
    closer.closest("dialog").close();
  }
});

/** Browsers that cannot show the filters of a shut sheet by style get it opened where there is room. */
if (!CSS.supports("selector(::details-content)") && matchMedia("(min-width: 60rem)").matches) {
  for (const sheet of document.querySelectorAll("details.facets__sheet")) sheet.open = true;
}

/** In a row of links that scrolls on a phone, the current one comes into sight. */
for (const link of document.querySelectorAll(":is(.sidenav, .tabs) [aria-current]")) {
  const row = link.closest("ul").scrollWidth > link.closest("ul").clientWidth ? link.closest("ul") : link.closest("nav");
  const side = link.getBoundingClientRect().left - row.getBoundingClientRect().left;
  row.scrollLeft += side - (row.clientWidth - link.offsetWidth) / 2;
}

/** An error summary takes the focus, so that it is the first thing heard. */
function focusErrors(root) {
  root.querySelector?.(".error-summary")?.focus();
}

/** The viewer's own time, where it differs from the time where the deadline counts. */
function fillOwnTimes(root) {
  for (const place of root.querySelectorAll?.(".own-time[data-moment]") ?? []) {
    const moment = new Date(place.dataset.moment);
    if (-moment.getTimezoneOffset() === Number(place.dataset.offset)) continue;
    const there = new Date(moment.getTime() + Number(place.dataset.offset) * 60000);
    const sameDay = moment.getDate() === there.getUTCDate();
    const language = document.documentElement.lang;
    const shape = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const day = sameDay ? {} : { weekday: "short", day: "numeric", month: "short" };
    const time = new Intl.DateTimeFormat(language, { ...day, ...shape }).format(moment);
    place.textContent = place.dataset.words.replace("{time}", time);
    place.hidden = false;
  }
}

focusErrors(document);
fillOwnTimes(document);
document.addEventListener("htmx:afterSwap", (event) => {
  focusErrors(event.target);
  fillOwnTimes(event.target);
});
