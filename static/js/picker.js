/* Pickers of services and regions: what is ticked among the suggestions joins what is chosen. Without this file the
   button "Look up" does the same with a page. Every listener sits on the document, so that swapped parts need none. */

const within = (element, name) => element.closest(".picker").querySelector(`.picker__${name}`);
const isWords = (element) => element.matches?.(".picker__words");

/** Enter looks up and does not send the form. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !isWords(event.target)) return;
  event.preventDefault();
  if (window.htmx) htmx.trigger(event.target, "look");
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".picker__look");
  if (!button || !window.htmx) return;
  event.preventDefault();
  htmx.trigger(within(button, "words"), "look");
});

document.addEventListener("htmx:configRequest", (event) => {
  if (!isWords(event.target)) return;
  const { name, kind } = event.target.closest(".picker").dataset;
  Object.assign(event.detail.parameters, { q: event.target.value.trim(), name, kind });
});

/** A choice made among the suggestions outlives the next search. */
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.target.matches(".picker__found") || !event.detail.shouldSwap) return;
  for (const ticked of event.target.querySelectorAll("input:checked")) choose(ticked);
});

document.addEventListener("htmx:afterSwap", (event) => {
  const found = event.target;
  if (!found.matches(".picker__found")) return;
  const picker = found.closest(".picker");
  within(found, "seen").value = within(found, "words").value.trim();
  const chosen = new Set([...within(found, "chosen").querySelectorAll("input")].map((input) => input.value));
  for (const input of found.querySelectorAll("input")) if (chosen.has(input.value)) input.closest("li").remove();
  const count = found.querySelector(".picker__count");
  const list = found.querySelector(".picker__suggestions");
  if (list && !list.children.length) {
    list.remove();
    count.textContent = picker.dataset.allChosen;
  }
  // The status line was there before, so that what it says is read out.
  within(found, "said").textContent = count?.textContent ?? "";
  count?.remove();
});

/** A ticked suggestion moves up; the focus goes to the next one. Radio buttons wait: arrow keys walk through them. */
document.addEventListener("change", (event) => {
  const input = event.target;
  const suggestion = input.closest?.(".picker__suggestions .picker__option");
  if (!suggestion || !input.checked || input.type === "radio") return;
  const { most, full, added } = input.closest(".picker").dataset;
  const said = within(input, "said");
  if (within(input, "chosen").querySelectorAll("input:checked").length >= Number(most)) {
    input.checked = false;
    said.textContent = full;
    return;
  }
  const next = suggestion.nextElementSibling ?? suggestion.previousElementSibling;
  const focused = next?.querySelector("input") ?? within(input, "words");
  choose(input);
  said.textContent = `${added} ${suggestion.querySelector(".picker__text").textContent.trim()}`;
  focused.focus();
});

function choose(input) {
  const list = within(input, "chosen");
  const suggestions = input.closest(".picker__suggestions");
  const option = input.closest("li");
  if (input.type === "radio") list.querySelector(".picker__option:not(.picker__none)")?.remove();
  // Which words found it has been read by now; what tells namesakes apart stays.
  option.querySelector(".picker__note[lang]")?.remove();
  list.insertBefore(option, list.querySelector(".picker__none"));
  if (!suggestions.children.length) suggestions.remove();
}
