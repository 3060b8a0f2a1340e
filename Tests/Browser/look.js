// What one page looks like to whoever reads it: faults by name, for `pages.py`.
(keys) => {
  const faults = [];
  const say = (what, element, more = "") => {
    const place = element
      ? `${element.tagName.toLowerCase()}${element.id ? `#${element.id}` : ""}`
        + `${typeof element.className === "string" && element.className ? `.${element.className.trim().split(/\s+/).join(".")}` : ""}`
      : "";
    faults.push(`${what} ${place} ${more}`.trim().slice(0, 220));
  };
  const root = document.documentElement;
  const style = (element) => getComputedStyle(element);

  // Form

  if (!document.title.trim()) say("no title");
  const heads = [...document.querySelectorAll("h1")];
  if (heads.length !== 1) say(`${heads.length} h1`);
  if (root.lang.startsWith("ug") !== (root.dir === "rtl")) say(`dir ${root.dir} for ${root.lang}`);

  // Words

  const known = new Set(keys);
  const isVisible = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && style(element).visibility === "visible";
  };
  const judge = (text, element) => {
    if (known.has(text.trim())) say("key", element, text);
    if (/\{\{|\}\}|\{[a-z]+\}/.test(text)) say("placeholder", element, text.trim());
  };
  for (const element of document.querySelectorAll("[title],[aria-label],[placeholder],[alt]")) {
    for (const name of ["title", "aria-label", "placeholder", "alt"]) {
      const text = element.getAttribute(name);
      // The names of attributes are told by their identifiers.
      if (text !== null && !element.matches("dt, .grid *")) judge(text, element);
    }
  }

  // Colours

  const parse = (text) => {
    const parts = (text.match(/[\d.]+(e-?\d+)?/g) ?? []).map(Number);
    if (text.startsWith("color(")) {
      return [parts[0] * 255, parts[1] * 255, parts[2] * 255, parts[3] ?? 1];
    }
    return [parts[0], parts[1], parts[2], parts[3] ?? 1];
  };
  const over = (top, below) => {
    const mixed = [0, 1, 2].map((at) => top[at] * top[3] + below[at] * (1 - top[3]));
    return [...mixed, 1];
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((part) => {
      const value = part / 255;
      return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const color = parse(style(at).backgroundColor);
      layers.push(color);
      if (color[3] === 1) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
  };
  const opacity = (element) => {
    let product = 1;
    for (let at = element; at; at = at.parentElement) product *= Number(style(at).opacity);
    return product;
  };
  const isExempt = (element) => element.closest(
    ":disabled, .visually-hidden, .skip, option, script, style, noscript, svg, template, [hidden]");
  const seen = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let texts = 0;
  while (walker.nextNode()) {
    const text = walker.currentNode.nodeValue;
    const element = walker.currentNode.parentElement;
    if (!text.trim() || !element) continue;
    if (!element.closest("code, pre, script, style")) judge(text, element);
    if (seen.has(element) || isExempt(element) || !isVisible(element)) continue;
    seen.add(element);
    texts += 1;
    const share = opacity(element);
    if (share === 0) continue;
    const behind = ground(element);
    const front = parse(style(element).color);
    const shown = over([front[0], front[1], front[2], front[3] * share], behind);
    const [high, low] = [light(shown), light(behind)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) say(`contrast ${ratio.toFixed(2)}`, element, text.trim().slice(0, 40));
  }
  if (texts < 3) say("no text");

  // Width

  const wide = innerWidth;
  if (root.scrollWidth > wide + 1) say(`page ${root.scrollWidth} px wide`);
  const scrolls = (element) => ["auto", "scroll", "hidden", "clip"].includes(style(element).overflowX);
  for (const element of document.querySelectorAll("main, .page, .work, .column, .layers, .panel-body")) {
    if (element.scrollWidth > element.clientWidth + 1 && isVisible(element)
      && !element.matches(".visually-hidden")) {
      say(`${element.scrollWidth} px in ${element.clientWidth}`, element);
    }
  }
  for (const element of document.body.querySelectorAll("*")) {
    if (isExempt(element) || !isVisible(element)) continue;
    const box = element.getBoundingClientRect();
    if (box.right <= wide + 1 && box.left >= -1) continue;
    let at = element.parentElement;
    while (at && at !== document.body && !scrolls(at)) at = at.parentElement;
    if (at && at !== document.body) continue;
    say(`lies outside (${Math.round(box.left)} to ${Math.round(box.right)})`, element);
  }
  return { faults: [...new Set(faults)], texts };
}
