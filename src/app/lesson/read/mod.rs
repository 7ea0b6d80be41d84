//! Reads a lesson: its [head], its [prose] and its [blocks], and says of all that is wrong where it stands.

mod blocks;
mod head;
mod prose;

use super::text::{BYTES_MAX, Fault, Kind, Lesson, Node, Step};
use prose::{Piece, Prose};

/// What is wrong, gathered.
#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, line: usize, text: impl Into<String>) {
        let text = text.into();
        self.0.push(Fault { line, text });
    }
}

/// Reads a lesson.
///
/// # Errors
/// What is wrong, all of it, in the order of its lines.
pub fn read(text: &str) -> Result<Lesson, Vec<Fault>> {
    let mut faults = Faults::default();
    if text.len() > BYTES_MAX {
        faults.add(1, format!("a lesson has {BYTES_MAX} bytes at most"));
        return Err(faults.0);
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut lesson = Lesson::default();
    if let Some((body, line)) = head::read(&text, &mut lesson, &mut faults) {
        body_of(body, line, &mut lesson, &mut faults);
    }
    match faults.0.is_empty() {
        true => Ok(lesson),
        false => {
            faults.0.sort_by_key(|fault| fault.line);
            Err(faults.0)
        }
    }
}

/// Reads what stands behind the head, which begins at a line of the file.
fn body_of(text: &str, first: usize, lesson: &mut Lesson, faults: &mut Faults) {
    let mut blocks = blocks::Blocks::new(lesson);
    let mut prose = Prose::new(text, first);
    while let Some(piece) = prose.piece(faults) {
        let step = lesson.steps.last_mut();
        let node = match piece {
            Piece::Node(node) => node,
            Piece::Step(title, line) => {
                let title = title.trim();
                if title.is_empty() {
                    faults.add(line, "a step has a title behind ##");
                } else if lesson.steps.iter().any(|step| step.title == title) {
                    faults.add(
                        line,
                        format!("there is another step {title:?}: each has a title of its own"),
                    );
                }
                lesson.steps.push(Step {
                    title: title.into(),
                    ..Step::default()
                });
                blocks.step();
                continue;
            }
            Piece::Fence(fence) => match blocks.read(&fence, step.is_some(), faults) {
                blocks::Read::Shown => Node::Code(fence.info.trim().into(), fence.text),
                blocks::Read::Wrong => continue,
                blocks::Read::Block(block, goals) => {
                    if let Some(step) = lesson.steps.last_mut() {
                        let before = |node: &Node| matches!(node, Node::Block(other) if other.kind == Kind::Checks);
                        if block.kind == Kind::Checks && step.nodes.iter().any(before) {
                            faults.add(
                                block.line,
                                "a step has one check block, with a line for each check",
                            );
                        }
                        step.checks.extend(goals);
                    }
                    Node::Block(block)
                }
            },
        };
        match lesson.steps.last_mut() {
            Some(step) => step.nodes.push(node),
            None => lesson.intro.push(node),
        }
    }
    if lesson.steps.is_empty() {
        faults.add(
            first,
            "a lesson has steps: each begins with ## and its title",
        );
    }
}

#[cfg(test)]
mod tests;
