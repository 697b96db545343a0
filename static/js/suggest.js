/* Suggestions under a search field that says where they come from (data-suggest). Without script it is a plain field. */

const WAIT = 150;

for (const field of document.querySelectorAll("input[data-suggest]")) attach(field);

function attach(field) {
  const list = document.createElement("ul");
  list.id = `${field.form.id || field.name}-suggestions`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.dataset.suggestLabel);
  list.hidden = true;
  field.form.append(list);
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");

  let timer = 0;
  let asked = null;

  const options = () => [...list.children];
  const current = () => options().findIndex((option) => option.getAttribute("aria-selected") === "true");

  function show(isShown) {
    list.hidden = !isShown;
    field.setAttribute("aria-expanded", String(isShown));
    if (!isShown) choose(-1);
  }

  function choose(place) {
    options().forEach((option, index) => option.setAttribute("aria-selected", String(index === place)));
    const option = options()[place];
    if (option) {
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else field.removeAttribute("aria-activedescendant");
  }

  async function ask() {
    asked?.abort();
    asked = new AbortController();
    const query = new URLSearchParams(new FormData(field.form));
    try {
      const answer = await fetch(`${field.dataset.suggest}?${query}`, { signal: asked.signal });
      if (!answer.ok) return;
      list.innerHTML = await answer.text();
      show(list.children.length > 0 && document.activeElement === field);
    } catch (error) {
      // A newer question took its place, or the line broke: the field works on without suggestions.
      if (error.name !== "AbortError") show(false);
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    if (field.value.trim().length > 1) timer = setTimeout(ask, WAIT);
    else {
      asked?.abort();
      show(false);
    }
  });

  field.addEventListener("keydown", (event) => {
    const count = options().length;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      show(false);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
      event.preventDefault();
      const place = current();
      const step = event.key === "ArrowDown" ? place + 1 : place < 0 ? count - 1 : place - 1;
      show(true);
      choose(step >= count ? -1 : step);
    } else if (event.key === "Enter" && !list.hidden && current() >= 0) {
      event.preventDefault();
      location.assign(options()[current()].dataset.url);
    }
  });

  field.form.addEventListener("submit", () => {
    clearTimeout(timer);
    asked?.abort();
    show(false);
  });
  field.addEventListener("blur", () => show(false));
  // The field keeps the focus while an option is pressed, so that the list is still there when the press ends.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("li");
    if (option) location.assign(option.dataset.url);
  });
}
