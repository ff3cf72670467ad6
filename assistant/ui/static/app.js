// The page's own script: open a document at a sentence, copy, rate, count, ask an example.
// It inserts markup only from our own server (/ui/document), which escapes it.
(() => {
  "use strict";

  const $ = (selector, within = document) => within.querySelector(selector);
  document.documentElement.lang = "zh-CN";

  // ---- colours: the system's choice unless the reader chose otherwise
  const THEME = "pa-theme";
  const wanted = () => {
    const asked = new URLSearchParams(location.search).get("__theme");  // the framework's own
    try { return localStorage.getItem(THEME) || asked; } catch { return asked; }
  };
  const isDark = () => {
    const chosen = wanted();
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  };
  const paint = () => {
    const dark = isDark();
    document.body.classList.toggle("dark", dark);
    const button = $("[data-theme]");
    const words = dark ? "浅色" : "深色";
    if (button && button.textContent !== words) button.textContent = words;
  };
  const toggleTheme = () => {
    const next = isDark() ? "light" : "dark";
    try { localStorage.setItem(THEME, next); } catch { return; }
    paint();
  };

  // ---- the document drawer
  let drawer = null;
  const makeDrawer = () => {
    drawer = document.createElement("dialog");
    drawer.id = "pa-drawer";
    drawer.setAttribute("aria-labelledby", "pa-doc-title");
    const bar = document.createElement("div");
    bar.className = "pa-drawer-bar";
    const own = document.createElement("a");
    own.className = "pa-link";
    own.target = "_blank";
    own.textContent = "在新页打开";
    const close = document.createElement("button");
    close.type = "button";
    close.className = "pa-button";
    close.textContent = "关闭";
    close.addEventListener("click", () => drawer.close());
    const body = document.createElement("div");
    body.className = "pa-drawer-body";
    bar.append(own, close);
    drawer.append(bar, body);
    drawer.addEventListener("click", (event) => {
      if (event.target === drawer) drawer.close();  // the backdrop
    });
    document.body.append(drawer);
  };
  const narrow = () => matchMedia("(max-width: 760px)").matches;
  const toCited = (within) => {
    const mark = $("#pa-cited", within);
    const outline = $(".pa-outline details", within);
    if (outline && narrow()) outline.open = false;
    if (!mark) return;
    mark.scrollIntoView({ block: "center" });
    mark.focus({ preventScroll: true });
    const here = $('.pa-outline [aria-current="true"]', within);
    if (here && !narrow()) here.scrollIntoView({ block: "nearest" });
  };
  const openDocument = async (href) => {
    if (!drawer) makeDrawer();
    const body = $(".pa-drawer-body", drawer);
    $("a", drawer).href = href;
    body.textContent = "正在打开原文…";
    if (!drawer.open) drawer.showModal();
    try {
      const reply = await fetch(`${href}&part=1`);
      if (!reply.ok) throw new Error((await reply.json()).error.message);
      body.innerHTML = await reply.text();
      toCited(body);
    } catch (error) {
      body.textContent = error instanceof TypeError
        ? "连接不上服务，原文没有打开；请确认服务仍在运行后再试。" : error.message;
    }
  };

  // ---- asking
  const box = () => $("#pa-input textarea, #pa-input input");
  const ask = (question) => {
    const input = box();
    const send = $("#pa-send");
    if (!input || !send || !send.offsetParent) return;  // hidden while a question is under way
    input.value = question;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    // The framework reads the input in its own turn, and for a moment after a stop it still counts
    // the old question as under way. A new turn says that it has taken this one.
    const turnCount = () => document.querySelectorAll(".pa-turn").length;
    const before = turnCount();
    let tries = 0;
    const sending = setInterval(() => {
      const isTaken = turnCount() !== before || box().value !== question;
      if (isTaken || (tries += 1) > 8) clearInterval(sending);
      else if (send.offsetParent) send.click();
    }, 250);
    setTimeout(() => send.click(), 60);
  };
  // Without look-behind: Safari before 16.4 would not even read the script.
  const PRIVATE = /(^|\D)1[3-9]\d{9}(?!\d)|(^|[^0-9A-Z])[0-9A-Z]{18}(?![0-9A-Z])/i;
  const count = () => {
    const input = box();
    const counter = $("#pa-counter");
    const send = $("#pa-send");
    if (!input || !counter || !send) return;
    input.setAttribute("aria-label", "您的问题");
    const most = Number(counter.dataset.max);
    const left = most - Array.from(input.value.trim()).length;
    const over = left < 0;
    counter.textContent = over ? `超出 ${-left} 字，请删减后再发送`
      : left <= most * 0.2 ? `还可输入 ${left} 字`
      : PRIVATE.test(input.value) ? "不必填写手机号或证件号，答复用不到" : "";
    counter.classList.toggle("over", over);
    send.disabled = over || !input.value.trim();
  };

  // ---- copying: the clipboard needs a secure context, so there is a second way
  const copy = async (button) => {
    const path = button.dataset.copyPath;
    const text = path ? new URL(path, location.href).href : button.dataset.copy;
    let copied = false;
    try {
      await navigator.clipboard.writeText(text);
      copied = true;
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      area.style.position = "fixed";
      area.style.opacity = "0";
      (button.closest("dialog") || document.body).append(area);
      area.select();
      copied = document.execCommand("copy");
      area.remove();
    }
    const before = button.dataset.words || button.textContent;
    button.dataset.words = before;
    button.textContent = copied ? "已复制" : "没有复制成功";
    setTimeout(() => { button.textContent = before; }, 1600);
  };

  // ---- rating
  const ratings = new Map();  // by token: an exchange is drawn anew when it becomes a past one
  const showRatings = () => {
    for (const button of document.querySelectorAll("[data-token] [data-rate]")) {
      const given = ratings.get(button.closest("[data-token]").dataset.token);
      const pressed = String(given === button.dataset.rate);
      if (button.getAttribute("aria-pressed") !== pressed) {
        button.setAttribute("aria-pressed", pressed);
      }
    }
  };
  const rate = async (actions, opinion) => {
    const said = $(".pa-said", actions);
    try {
      const reply = await fetch("/ui/feedback", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ token: actions.dataset.token, ...opinion }),
      });
      const body = await reply.json();
      said.textContent = reply.ok ? body.message : body.error.message;
      if (!reply.ok) return;
    } catch {
      said.textContent = "连接不上服务，意见没有记录。";
      return;
    }
    ratings.set(actions.dataset.token, opinion.rating);
    showRatings();
  };
  const rated = (button) => {
    const actions = button.closest("[data-token]");
    const form = $(".pa-reasons", actions);
    form.hidden = button.dataset.rate !== "down";
    rate(actions, { rating: button.dataset.rate });
    if (!form.hidden) $("input", form).focus();
  };

  // ---- events, delegated: answers come and go
  const handlers = {
    "[data-open]": (target, event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      openDocument(target.getAttribute("href"));
    },
    "[data-jump]": (target, event) => {
      event.preventDefault();
      const clause = document.getElementById(target.getAttribute("href").slice(1));
      if (clause) clause.scrollIntoView({ block: "start" });
    },
    "[data-ask]": (target) => ask(target.dataset.ask),
    "[data-copy], [data-copy-path]": (target) => copy(target),
    "[data-rate]": (target) => rated(target),
    "[data-theme]": () => toggleTheme(),
  };
  document.addEventListener("click", (event) => {
    for (const [selector, handle] of Object.entries(handlers)) {
      const target = event.target.closest?.(selector);
      if (target) { handle(target, event); return; }
    }
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest(".pa-reasons");
    if (!form) return;
    event.preventDefault();
    const chosen = $("input[type=radio]:checked", form);
    rate(form.closest("[data-token]"), {
      rating: "down",
      reason: chosen ? chosen.value : "",
      comment: $("input[name=comment]", form).value.trim(),
    });
    form.hidden = true;
  });
  document.addEventListener("input", (event) => {
    if (event.target === box()) count();
  });
  const pair = (event, on) => {
    const one = event.target.closest?.("[data-n]");
    const turn = one?.closest(".pa-turn");
    if (!turn) return;
    for (const other of turn.querySelectorAll(`[data-n="${one.dataset.n}"]`)) {
      other.classList.toggle("pa-paired", on);
    }
  };
  document.addEventListener("mouseover", (event) => pair(event, true));
  document.addEventListener("mouseout", (event) => pair(event, false));

  // ---- a new question comes to the top and stays there until its answer is complete, unless the
  // reader scrolls: then the page is left alone
  let followed = "";  // the token of the last answer
  let hasLeft = false;
  const follow = () => {
    const turn = $("#pa-live .pa-turn");
    if (!turn) return;
    const token = $("[data-token]", turn)?.dataset.token || "";
    const isPending = $(".pa-pending", turn) !== null;
    const isNew = isPending || token !== followed;
    if (isNew && !hasLeft) turn.scrollIntoView({ block: "start" });
    if (isPending) return;
    followed = token;
    hasLeft = false;
  };
  for (const moved of ["wheel", "touchmove"]) {
    document.addEventListener(moved, () => {
      hasLeft = $("#pa-live .pa-pending") !== null;
    }, { passive: true });
  }
  const announcer = document.createElement("p");  // stays, unlike what it speaks of
  announcer.className = "pa-hidden";
  announcer.setAttribute("role", "status");
  const announce = (words) => {
    if (announcer.textContent !== words) announcer.textContent = words;
  };
  const settle = () => {
    paint();  // the framework paints by the system's choice when it starts
    count();
    showRatings();
    announce($("#pa-live [data-announce]")?.dataset.announce || "");
    follow();
  };
  const start = () => {
    paint();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
    if (document.body.classList.contains("pa-standalone")) { toCited(document); return; }
    document.body.append(announcer);
    let waiting = false;
    new MutationObserver(() => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; settle(); });
    }).observe(document.body, { childList: true, subtree: true });
    settle();
    // Not on a phone: the keyboard would cover the first screen.
    const focusing = setInterval(() => {
      if (!box()) return;
      clearInterval(focusing);
      if (!narrow()) box().focus({ preventScroll: true });
    }, 100);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
