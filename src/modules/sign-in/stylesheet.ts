/**
 * The one stylesheet of the pages. Text has a contrast of at least 4.5 to 1 in both schemes, borders of fields and the
 * focus ring 3 to 1, targets at least 44 pixels (WCAG 2.2: 1.4.3, 1.4.11, 2.4.13, 2.5.8).
 */
export const stylesheet = `
:root {
  color-scheme: light dark;
  --back: #f2f4f7; --card: #fff; --text: #16202c; --quiet: #566170; --edge: #dfe4ea; --field: #7b8794;
  --accent: #0b5c8a; --accent-hover: #094a70; --on-accent: #fff; --ring: #0b5c8a; --inset: #f5f7f9;
  --bad: #a3201a; --bad-back: #fdf0ef; --bad-edge: #e6b3b0; --shadow: 0 1px 2px #16202c14, 0 8px 28px #16202c14;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #0f1419; --card: #181f27; --text: #e8ecf1; --quiet: #a5b0bd; --edge: #2a343f; --field: #76828f;
    --accent: #5cb8ec; --accent-hover: #83caf2; --on-accent: #06202f; --ring: #8fd0f5; --inset: #11171d;
    --bad: #ffaaa3; --bad-back: #33191a; --bad-edge: #6d3230; --shadow: none;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
.frame { min-height: 100vh; min-height: 100dvh; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 1.5rem; padding: 2.5rem 1rem; }
.brand { display: flex; align-items: center; gap: .65rem; font-size: 1.15rem; font-weight: 650; letter-spacing: -.01em; }
.brand svg { display: block; }
.mark { fill: var(--accent); }
.lines { fill: none; stroke: var(--on-accent); stroke-width: 2.4; stroke-linecap: round; stroke-linejoin: round; }
.card { width: 100%; max-width: 27rem; padding: 2rem; border: 1px solid var(--edge); border-radius: .9rem; background: var(--card); box-shadow: var(--shadow); overflow-wrap: anywhere; }
h1 { margin: 0 0 .35rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.015em; }
h2 { margin: 1.5rem 0 .35rem; font-size: 1rem; }
p { margin: 0 0 1rem; }
.lead, .hint, footer { color: var(--quiet); }
.lead { margin-bottom: 1.5rem; }
.hint { margin: 0 0 .4rem; font-size: .9rem; }
.field { margin-bottom: 1.15rem; }
label { display: block; margin-bottom: .3rem; font-weight: 600; font-size: .95rem; }
input { display: block; width: 100%; min-height: 2.9rem; padding: .55rem .75rem; border: 1px solid var(--field); border-radius: .5rem; background: var(--card); color: inherit; font: inherit; }
input:read-only { border-color: var(--edge); background: var(--inset); }
input[aria-invalid="true"] { border-color: var(--bad); box-shadow: inset 0 0 0 1px var(--bad); }
.code { font: 1.25rem/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; letter-spacing: .12em; }
button, .button { display: block; width: 100%; min-height: 2.9rem; padding: .65rem 1rem; border: 1px solid transparent; border-radius: .5rem; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; }
button:hover, .button:hover { background: var(--accent-hover); }
.second { margin-top: .75rem; border-color: var(--field); background: transparent; color: var(--text); }
.second:hover { background: var(--inset); }
:focus-visible { outline: 3px solid var(--ring); outline-offset: 2px; }
a { color: var(--accent); text-underline-offset: .18em; }
.below { margin: 1.25rem 0 0; font-size: .95rem; }
.below a { display: inline-block; padding: .35rem 0; }
.alert { margin: 0 0 1.25rem; padding: .75rem .9rem; border: 1px solid var(--bad-edge); border-left: 4px solid var(--bad); border-radius: .5rem; background: var(--bad-back); color: var(--bad); }
.alert p:last-child { margin: 0; }
.done { margin: 0 0 1.25rem; padding: .75rem .9rem; border: 1px solid var(--edge); border-left: 4px solid var(--accent); border-radius: .5rem; background: var(--inset); }
.done p { margin: 0; }
.links { margin: 0 0 1.5rem; padding: 0; list-style: none; border: 1px solid var(--edge); border-radius: .6rem; }
.links li + li { border-top: 1px solid var(--edge); }
.links a { display: block; padding: .8rem .9rem; text-decoration: none; font-weight: 600; }
.links a:hover { background: var(--inset); text-decoration: underline; }
.choices { margin: 0 0 1.25rem; padding: 0; border: 0; min-width: 0; }
.choices legend { margin-bottom: .5rem; padding: 0; font-weight: 600; font-size: .95rem; }
.choice { display: flex; gap: .75rem; align-items: flex-start; margin: 0 0 .5rem; padding: .75rem .9rem; border: 1px solid var(--edge); border-radius: .6rem; font-weight: 400; font-size: 1rem; cursor: pointer; }
.choice:has(:checked) { border-color: var(--accent); background: var(--inset); }
.choice input { flex: none; width: 1.25rem; min-height: 0; height: 1.25rem; margin: .15rem 0 0; padding: 0; accent-color: var(--accent); }
.session { padding: .75rem .9rem; border: 1px solid var(--edge); border-radius: .6rem; }
.out { margin-top: 1rem; }
.away { position: absolute; width: 1px; min-height: 0; height: 1px; padding: 0; border: 0; clip-path: inset(50%); overflow: hidden; }
.rules { margin: 0 0 1.25rem; padding: .85rem .9rem .85rem 2rem; border-radius: .5rem; background: var(--inset); font-size: .93rem; }
.steps { margin: 0 0 1.25rem; padding-left: 1.25rem; }
.steps li { margin-bottom: .35rem; }
.qr { width: 13rem; max-width: 100%; margin: 0 auto 1rem; padding: .75rem; border: 1px solid var(--edge); border-radius: .6rem; background: #fff; }
.qr svg { display: block; width: 100%; height: auto; shape-rendering: crispEdges; }
.qr + .hint { margin-bottom: 0; text-align: center; }
.secret { margin: 0 0 1.25rem; padding: .7rem .9rem; border-radius: .5rem; background: var(--inset); font: 1rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; letter-spacing: .05em; user-select: all; }
.codes { margin: 0 0 1.25rem; padding: .9rem 1.1rem .9rem 3rem; border-radius: .5rem; background: var(--inset); font: 1rem/1.75 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
@media (max-width: 30rem) {
  .frame { justify-content: flex-start; padding: 1.5rem 1rem; }
  .card { padding: 1.5rem 1.25rem; }
  .codes { padding-left: 2.4rem; padding-right: .5rem; font-size: .85rem; line-height: 2; }
}
@media (forced-colors: active) { .lines { stroke: CanvasText; } .mark { fill: Canvas; } }
@media print { .brand, form, .alert, .no-print { display: none; } .card { border: 0; box-shadow: none; } }
`.trimStart();
