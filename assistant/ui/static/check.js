// 资格自查: sends the form without leaving the page, so that one's place in it is kept.
// Everything works without it, one page load at a time.
(() => {
  "use strict";

  const main = () => document.querySelector("main");
  let sending = null;

  const show = (html, hash) => {
    const next = new DOMParser().parseFromString(html, "text/html");
    const fresh = next.querySelector("main");
    if (!fresh) throw new Error("no page");
    main().replaceWith(fresh);
    document.title = next.title;
    const target = hash && document.getElementById(hash);
    if (target) {
      target.closest("details:not([open])")?.setAttribute("open", "");
      target.scrollIntoView({ block: "start" });
      target.tabIndex = -1;
      target.focus({ preventScroll: true });
    }
  };
  const send = async (form, button) => {
    const url = new URL(button?.formAction || form.action, location.href);
    const hash = url.hash.slice(1);
    const data = new FormData(form);
    if (button?.name) data.append(button.name, button.value);
    sending?.abort();
    sending = new AbortController();
    main().setAttribute("aria-busy", "true");
    try {
      const reply = await fetch(url, {
        method: "POST", body: new URLSearchParams(data), signal: sending.signal,
      });
      show(await reply.text(), hash);
      if (location.search) history.replaceState(null, "", location.pathname);
    } catch (error) {
      if (error.name === "AbortError") return;
      main().removeAttribute("aria-busy");
      const said = document.createElement("p");
      said.className = "pd-problem";
      said.setAttribute("role", "alert");
      said.textContent = "连接不上服务，没有更新；请确认服务仍在运行后再试。";
      main().prepend(said);
      said.scrollIntoView({ block: "center" });
    }
  };
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!event.target.matches("form[data-live]") || button?.hasAttribute("data-plain")) return;
    event.preventDefault();
    send(event.target, button);
  });
})();
