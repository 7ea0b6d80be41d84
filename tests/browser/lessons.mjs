// How a learner works through a lesson: what the tests of lessons and the gallery press.

/** The lesson beside the page. */
export const lessonOf = (page) => page.getByRole("region", { name: "Lesson", exact: true });

const BLOCKS = ".lesson-body > .lesson-block > figcaption button, .lesson-body > .lesson-experiment > button";
const SOLUTIONS = ".lesson-body .lesson-fold .lesson-block figcaption button";

/** Waits until what was pressed last is drawn and has run. `page` may be a frame, too. */
async function idle(page) {
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(drawn, 20)))));
  await page.waitForFunction(() => ![...document.querySelectorAll(".lesson-body button")].some((button) => button.textContent === "Running"), null, { timeout: 60_000 });
}

/** Answers, presses and opens everything in the step that is shown, as it stands there; with `solve` what solves it, too. */
export async function work(page, { solve = true } = {}) {
  // What is not there yet can neither be counted nor opened.
  await page.locator(".lesson-body").waitFor();
  for (const question of await page.locator(".lesson-predict").all()) await question.getByRole("button").first().click();
  await page.locator(".lesson-fold").evaluateAll((all) => all.forEach((fold) => (fold.open = true)));
  for (const selector of solve ? [BLOCKS, SOLUTIONS] : [BLOCKS]) {
    const buttons = page.locator(selector);
    for (let at = 0; at < (await buttons.count()); at++) {
      await buttons.nth(at).click();
      await idle(page);
    }
  }
}
