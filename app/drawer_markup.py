"""The call drawer as HTML, written here because a template takes several times as long, on every page."""

from collections.abc import Sequence

from markupsafe import Markup

from app.calls_markup import call_row, part, took
from app.drawer import Drawer, ShownCall
from app.markup import icon, safe


def drawer(shown: Drawer) -> Markup:
    """Return the drawer of a page: its line, and below it each call as code."""
    times, queries = _counts(shown.calls)
    given = f'data-count="{times}" data-queries="{queries}" data-milliseconds="{shown.milliseconds}"'
    return safe(
        '<aside class="drawer-holder" aria-label="AWS calls">\n'
        f'<details class="drawer" id="drawer" {given} data-failed="{shown.failed}">\n'
        f"  <summary>{_line(shown, times, queries)}</summary>\n"
        '  <div class="drawer-grip needs-js" role="separator" aria-orientation="horizontal" aria-label="Height of'
        ' the call drawer" aria-valuemin="120" aria-valuemax="1000" aria-valuenow="320" tabindex="0"></div>\n'
        '  <div class="drawer-body">\n    <div class="drawer-list" data-drawer-list>\n'
        '      <h2 class="visually-hidden">AWS calls of this page</h2>\n'
        f'      <p class="drawer-empty" data-drawer-none{" hidden" if shown.calls or shown.earlier else ""}>'
        "This page asked AWS nothing.</p>\n"
        f"      {_calls(shown)}<div data-drawer-added></div>{_earlier(shown)}\n"
        "    </div>\n  </div>\n</details>\n</aside>"
    )


def _counts(calls: Sequence[ShownCall]) -> tuple[int, int]:
    """Return how many calls of AWS's, and how many queries, these are."""
    return sum(call.count for call in calls), sum(call.service == "sql" for call in calls)


def _line(shown: Drawer, times: int, queries: int) -> str:
    spent = f", {took(shown.milliseconds)}" if times or queries else ""
    return (
        f'{icon("chevron-up", "", "small", **{"class": "turn"})}<span class="drawer-words" data-drawer-words>'
        f"{_counted(times, queries)}{spent}</span>{_before(shown)}\n"
        f'    <span class="drawer-failed" data-drawer-failed{"" if shown.failed else " hidden"}>'
        f"{icon('error', '', 'small')}<span>{shown.failed} failed</span></span>\n"
        '    <span class="drawer-hint">The code, command and policy of this page</span>'
    )


def _counted(calls: int, queries: int) -> str:
    """Return "3 AWS calls and 1 query": what did not happen is named only where nothing did."""
    said = f"{calls or 'No'} AWS call{'' if calls == 1 else 's'}" if calls or not queries else ""
    joined = " and " if calls and queries else ""
    return said + joined + (f"{queries} quer{'y' if queries == 1 else 'ies'}" if queries else "")


def _before(shown: Drawer) -> str:
    """Return the words on the form whose redirect led here."""
    times, queries = _counts(shown.earlier)
    times += shown.earlier_left_out
    if not times and not queries:
        return ""
    said = _counted(times, queries) if queries else times
    return f' <span class="drawer-before">{said} from the form before</span>'


def _calls(shown: Drawer) -> str:
    if not shown.calls:
        return ""
    whole = (
        part("boto3", shown.script, "python", "script"),
        part("AWS CLI", shown.commands, "shell", "commands"),
        part("IAM policy", shown.policy, "json", "whole_policy"),
    )
    total = _end(shown.calls)
    return (
        '<details class="call call-page" name="call" open>\n'
        f"        <summary>{icon('code', '', 'small')}<span>The whole page as one</span>"
        '<span class="call-time">script, commands, policy</span></summary>\n'
        f'        <div class="call-body">{"".join(whole)}</div>\n      </details>\n'
        f"      {''.join(call_row(call, total) for call in shown.calls)}\n      "
    )


def _earlier(shown: Drawer) -> str:
    if not shown.earlier:
        return ""
    total = _end(shown.earlier)
    rows = [call_row(call, total, open=not place and not shown.calls) for place, call in enumerate(shown.earlier)]
    left = f"{shown.earlier_left_out} more of that form found no room on the way here."
    more = f'<p class="drawer-title">{left}</p>' if shown.earlier_left_out else ""
    return f'\n      <h3 class="drawer-title">From the form before</h3>\n      {"".join(rows)}{more}'


def _end(calls: Sequence[ShownCall]) -> float:
    """Return the milliseconds of the bars' whole width."""
    return max(1.0, *(call.offset_ms + call.milliseconds for call in calls))


PARTS = (drawer,)
