// Keeps a progress bar true: takes the part marked data-refresh from the same address again, until it is gone.
const EVERY = 3000;

async function again() {
  const here = document.querySelector("[data-refresh]");
  if (!here) return;
  try {
    const answer = await fetch(location.href, { headers: { "X-Requested-With": "fetch" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const there = page.querySelector("[data-refresh]");
    if (!there) {
      location.reload();
      return;
    }
    here.replaceWith(there);
  } catch {
    // The line is down: the next round tries again.
  }
  setTimeout(again, EVERY);
}

setTimeout(again, EVERY);
