// Starts the server half at once, while the browser still fetches the page half, which takes this worker over.
// One that fails before that is forgotten: the page then starts its own, and tells of its failure.
{
  const worker = new Worker(new URL("worker.js", document.baseURI), { type: "module" });
  worker.onerror = (event) => {
    event.preventDefault();
    delete window.keyglassWorker;
  };
  window.keyglassWorker = worker;
}
