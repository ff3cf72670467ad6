// The clause desk's own script: narrow the tree, say that a file is being read, follow the index.
// Everything works without it, one page load at a time.
(() => {
  "use strict";

  const $ = (selector) => document.querySelector(selector);
  const plain = (text) => text.normalize("NFKC").replace(/\s+/g, "").toLowerCase();

  const narrow = (input) => {
    const tree = document.getElementById(input.dataset.filter);
    const asked = plain(input.value);
    let shown = 0;
    for (const line of tree.children) {
      line.hidden = !plain(line.textContent).includes(asked);
      if (!line.hidden) shown += 1;
    }
    document.getElementById(`${tree.id}-empty`).hidden = shown > 0;
  };
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-filter]")) narrow(event.target);
  });

  document.addEventListener("submit", (event) => {
    const words = event.target.dataset.busy;
    const button = event.submitter;
    if (!words || !button) return;
    button.textContent = words;
    button.disabled = true;
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();  // back to a form whose button says it is busy
  });

  const follow = () => {
    const job = $("[data-job]");
    if (!job || job.dataset.job !== "running") return;
    const asking = setInterval(async () => {
      let now;
      try {
        const reply = await fetch("/desk/status");
        if (!reply.ok) return;
        now = await reply.json();
      } catch {
        return;
      }
      job.textContent = now.words;
      if (now.state === "running") return;
      clearInterval(asking);
      job.parentElement.className = `pd-job is-${now.state}`;
      location.reload();  // the link to the document works now
    }, 700);
  };
  const start = () => {
    const filters = $(".pd-search details[data-idle]");
    if (filters && matchMedia("(max-width: 760px)").matches) filters.open = false;
    follow();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
