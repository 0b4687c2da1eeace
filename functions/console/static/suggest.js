// Offers structures under a field while one types: the combobox pattern of the ARIA practices guide, 1.2.
// Everything works without it. A field asks for it with data-suggest: "siret" fills in the number, "name" the name.
"use strict";

const WAIT = 200; // milliseconds between the last key and the question
const LEAST = 2; // characters that a question needs

function suggests(input) {
  const list = document.createElement("ul");
  const status = document.createElement("p");
  let options = [], current = -1, timer = 0, asked = null;

  list.id = `${input.id}-suggestions`;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.suggestLabel);
  status.className = "unseen";
  status.setAttribute("role", "status");
  input.after(list, status);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  input.autocomplete = "off";
  if (input.dataset.suggest === "siret") { // a name may be typed now
    input.inputMode = "text";
    input.maxLength = 100;
  }

  function close() {
    clearTimeout(timer);
    asked?.abort();
    list.hidden = true;
    current = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(number) {
    current = (number + options.length) % options.length;
    [...list.children].forEach((item, n) => item.setAttribute("aria-selected", String(n === current)));
    input.setAttribute("aria-activedescendant", list.children[current].id);
    list.children[current].scrollIntoView({ block: "nearest" });
  }

  function choose(option) {
    input.value = input.dataset.suggest === "siret" ? option.identifier : option.name;
    close();
    status.textContent = option.name;
  }

  function item(option, number) {
    const row = document.createElement("li");
    const hint = document.createElement("span");
    row.id = `${list.id}-${number}`;
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", "false");
    row.append(option.name, " ", hint);
    hint.className = "hint";
    hint.textContent = [option.identifier, option.place].filter(Boolean).join(" · ");
    row.addEventListener("mousedown", (event) => { event.preventDefault(); choose(option); });
    return row;
  }

  function show(found) {
    options = found;
    current = -1;
    list.replaceChildren(...options.map(item));
    list.hidden = options.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
    status.textContent = input.dataset.suggestCount.replace("#", options.length);
  }

  async function ask() {
    const words = input.value.trim();
    if (words.length < LEAST) { close(); return; }
    asked = new AbortController();
    try {
      const kind = input.dataset.suggest === "siret" ? "&kind=SIRET" : "";
      const address = `/structures/suggestions?query=${encodeURIComponent(words)}${kind}`;
      const answer = await fetch(address, { signal: asked.signal, redirect: "error" });
      if (answer.ok) { show((await answer.json()).structures); }
    } catch { /* the next key asks again, and the form works without an answer */ }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    asked?.abort();
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (list.hidden || !["ArrowDown", "ArrowUp", "Enter", "Escape"].includes(event.key)) { return; }
    if (event.key === "Enter" && current < 0) { close(); return; }
    event.preventDefault();
    if (event.key === "ArrowDown") { mark(current + 1); }
    if (event.key === "ArrowUp") { mark(current < 0 ? -1 : current - 1); }
    if (event.key === "Enter") { choose(options[current]); }
    if (event.key === "Escape") { close(); }
  });
}

document.querySelectorAll("input[data-suggest]").forEach(suggests);
