// Places to come back to, kept in this browser, and the link that shows a colleague the same.

import { $, announce, facts, fill, make, words } from "./page.js";

// Of whoever is signed in here: another person's at the same machine are not shown.
const KEY = `karez-bookmarks ${facts.visitor}`;
const MOST = 200;

function kept() {
  try {
    const read = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(read) ? read.filter((each) => typeof each?.query === "string") : [];
  } catch {
    return [];
  }
}

function keep(bookmarks) {
  try {
    localStorage.setItem(KEY, JSON.stringify(bookmarks.slice(0, MOST)));
    return true;
  } catch {
    return false;
  }
}

/** Everything but the language: whoever opens it reads it in their own. */
export function shareLink() {
  const url = new URL(location.href);
  url.searchParams.delete("lang");
  return url.origin + url.pathname + url.search.replace(/%2C/g, ",").replace(/%7E/g, "~")
    .replace(/%2F/g, "/");
}

export class Bookmarks {
  constructor(state) {
    this.state = state;
    $("bookmark-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.add($("bookmark-name").value.trim());
    });
    $("share-copy").addEventListener("click", () => this.copy());
    this.show();
  }

  /** A name that tells what it is of, for whoever gives none. */
  suggested() {
    const { validOn, recorded } = this.state.asOf(0);
    return this.state.isPast(0)
      ? fill(words.map_state, { date: validOn, commit: recorded }) : validOn;
  }

  add(name) {
    const query = new URL(shareLink()).search;
    const isKept = keep([{ name: name || this.suggested(), query }, ...kept()]);
    $("bookmark-state").textContent = isKept ? "" : words.map_bookmark_failed;
    $("bookmark-name").value = "";
    this.show();
    if (isKept) announce(words.map_bookmark_kept);
  }

  remove(at) {
    keep(kept().filter((_, index) => index !== at));
    this.show();
    $("bookmark-name").focus();
  }

  show() {
    const bookmarks = kept();
    $("bookmarks-none").hidden = bookmarks.length > 0;
    $("bookmarks").replaceChildren(...bookmarks.map(({ name, query }, at) => {
      const remove = make("button", {
        type: "button", className: "quiet", text: words.map_bookmark_remove,
        "aria-label": `${words.map_bookmark_remove} · ${name}`,
      });
      remove.addEventListener("click", () => this.remove(at));
      // Only the query is taken from what was kept: a bookmark leads nowhere else.
      const link = make("a", { href: `${location.pathname}?${query.replace(/^\?/, "")}`, dir: "auto",
        text: name });
      return make("li", {}, link, remove);
    }));
  }

  offerLink() {
    $("share-link").value = shareLink();
    $("share-state").textContent = "";
    $("share-link").select();
  }

  async copy() {
    const field = $("share-link");
    try {
      await navigator.clipboard.writeText(field.value);
      $("share-state").textContent = words.map_share_copied;
    } catch {
      field.select();
      $("share-state").textContent = words.map_share_select;
    }
  }
}
