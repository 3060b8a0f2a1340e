// What every page does: the menu closes by itself, and the keyboard goes from place to place.

document.body.classList.add("scripted");

const menu = document.getElementById("menu");
document.addEventListener("click", (event) => {
  if (menu?.open && !menu.contains(event.target)) menu.open = false;
});

// On a phone themes stand in one line; the chosen one has to be in it.
document.querySelector(".branches [aria-current]")?.scrollIntoView({
  block: "nearest", inline: "center",
});

// `g` and a letter; the map page keeps `g m` for itself, where it needs no new page.
const places = new Map(
  [...document.querySelectorAll(".rail a[data-key]")].map((link) => [link.dataset.key, link]));

let first = "";
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && menu?.open) {
    menu.open = false;
    menu.querySelector("summary").focus();
    return;
  }
  const isTyping = event.target.matches("input, select, textarea");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  const link = first === "g" ? places.get(event.key) : undefined;
  if (link && !link.hasAttribute("aria-current")) link.click();
  first = event.key;
});
