// Runs before anything is drawn. Lights the page as the reader chose, so that nothing flashes; starts the server half at once,
// while the browser still fetches the page half, which takes this worker over; and stays to tell of a page half that broke.
{
  try {
    const theme = localStorage.getItem("keyglass.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage that is refused has no choice to tell of.
  }

  const worker = new Worker(new URL("worker.js", document.baseURI), { type: "module" });
  // One that fails before it is taken over is forgotten: the page then starts its own, and tells of its failure.
  worker.onerror = (event) => {
    event.preventDefault();
    delete window.keyglassWorker;
  };
  window.keyglassWorker = worker;

  // A trap in the page half leaves it standing as it was drawn, and deaf. What was typed is kept by then.
  const failed = (error) => {
    if (document.querySelector(".broke")) return;
    if (document.querySelector(".boot")) tell("The page could not be loaded", "Look at your connection, then try again.", error);
    else if (error instanceof WebAssembly.RuntimeError) {
      tell("The page broke", "Your session is kept in this browser, up to the last command: open the page again, and it offers to go on.", error);
    }
  };
  // Captured, since a file that does not come tells nobody but its own element.
  window.addEventListener("error", (event) => failed(event.error ?? event.message ?? `${event.target.src ?? event.target.href} did not come`), true);
  window.addEventListener("unhandledrejection", (event) => failed(event.reason));

  function tell(title, advice, error) {
    const box = document.createElement("div");
    box.className = "broke";
    box.setAttribute("role", "alertdialog");
    box.setAttribute("aria-label", title);
    const add = (name, text, to = box) => Object.assign(to.appendChild(document.createElement(name)), { textContent: text });
    add("h2", title);
    add("p", advice);
    const again = add("button", "Open it again");
    again.onclick = () => location.reload();
    const more = add("details", "");
    add("summary", "What the browser says", more);
    add("pre", String(error?.stack ?? error), more);
    document.querySelector(".boot")?.remove();
    document.body.append(box);
    again.focus();
  }
}
