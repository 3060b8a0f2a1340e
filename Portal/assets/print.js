// The print page: another region begins at its own scale, a click on the picture moves the map, and a
// sheet that cannot be drawn says why.

const $ = (id) => document.getElementById(id);
const picture = $("picture");
const image = $("preview");

$("region")?.addEventListener("change", () => {
  document.querySelector("#compose input[name=centre]")?.remove();
  $("scale").value = "";
});

function drawn() {
  picture.classList.add("drawn");
  picture.dataset.state = "drawn";
}

async function failed() {
  const note = $("picture-waits");
  note.textContent = picture.dataset.failed;
  image.hidden = true;
  picture.dataset.state = "failed";
  const answer = await fetch(image.src, { headers: { Accept: "application/problem+json" } });
  if (answer.ok) return;
  const problem = await answer.json();
  const { language } = document.body.dataset;
  const said = problem.message?.[language] ? language : "zh";
  note.textContent = problem.message?.[said] || picture.dataset.failed;
  note.lang = said;
  note.dir = "auto";
}

if (image) {
  if (image.complete) {
    if (image.naturalWidth > 0) drawn(); else failed().catch(() => {});
  }
  image.addEventListener("load", drawn);
  image.addEventListener("error", () => failed().catch(() => {}));

  image.addEventListener("click", (event) => {
    const box = image.getBoundingClientRect();
    const [x, y, width, height] = picture.dataset.frame.split(",").map(Number);
    const east = ((event.clientX - box.left) / box.width - x) / width - 0.5;
    const north = 0.5 - ((event.clientY - box.top) / box.height - y) / height;
    if (Math.abs(east) > 0.5 || Math.abs(north) > 0.5) return;
    const middle = picture.dataset.middle.split(",").map(Number);
    const span = picture.dataset.span.split(",").map(Number);
    const address = new URL(location.href);
    const place = [middle[0] + east * span[0], middle[1] + north * span[1]];
    address.searchParams.set("centre", place.map((value) => value.toFixed(6)).join(","));
    address.searchParams.delete("view");
    location.href = address.pathname + address.search.replace(/%2C/g, ",");
  });
}
