"""Dates counted by hand, with the counting; and whole cases whose dates are written down.

Each row: unit, length, beginning, pauses, due, provisional. The comment above a row is how a person
got there with a printed calendar: "2/11日班" is a rest day made up for, "2/15–21" a holiday.
"""

import json
from datetime import date

from case import departing_terms
from days import Counting, Days
from judge import judge

W, C, M, Y = "working-days", "calendar-days", "months", "years"

COUNTED = [
    # 2018: 2/9五 1; 10六 休; 11日班 2; 12 3; 13 4; 14三 5. 除夕15日起放假.
    (W, 5, "2018-02-08", [], "2018-02-14", False),
    # 2/14三 1; 15–21 春节; 22四 2; 23五 3; 24六班 4; 25日 休; 26一 5.
    (W, 5, "2018-02-13", [], "2018-02-26", False),
    # 3/31–4/1 休; 4/2–4 1–3; 5–7 清明; 8日班 4; 9–13 5–9; 16–20 10–14; 23–27 15–19; 28六班 20.
    (W, 20, "2018-03-30", [], "2018-04-28", False),
    # 9/21五 1; 22–23 休; 24 中秋; 25–28 2–5; 29六班 6; 30日班 7; 10/1–7 国庆; 8 8; 9 9; 10三 10.
    (W, 10, "2018-09-20", [], "2018-10-10", False),
    # 12/27 1; 28 2; 29六班 3 (2019年通知); 30–1/1 元旦; 1/2 4; 3四 5.
    (W, 5, "2018-12-26", [], "2019-01-03", False),
    # 2/1五 1; 2六班 2; 3日班 3; 4–10 春节; 11 4; 12二 5.
    (W, 5, "2019-01-31", [], "2019-02-12", False),
    # 4/26五 1; 27六 休; 28日班 2; 29 3; 30 4; 5/1–4 劳动节; 5日班 5; 6–10 6–10.
    (W, 10, "2019-04-25", [], "2019-05-10", False),
    # 9/13 中秋; 14–15 休; 16–20 1–5; 23–27 6–10; 28 休; 29日班 11; 30 12; 10/1–7; 8–11 13–16;
    # 12六班 17; 13 休; 14 18; 15 19; 16三 20.
    (W, 20, "2019-09-12", [], "2019-10-16", False),
    # 1/18 休; 19日班 1; 20–23 2–5.
    (W, 5, "2020-01-17", [], "2020-01-23", False),
    # 1/23四 1; 24–2/2 春节 (延长); 3 2; 4 3; 5 4; 6四 5.
    (W, 5, "2020-01-22", [], "2020-02-06", False),
    # 4/4–6 清明; 7–10 1–4; 13–17 5–9; 20–24 10–14; 25 休; 26日班 15; 27–30 16–19; 5/1–5; 6三 20.
    (W, 20, "2020-04-03", [], "2020-05-06", False),
    # 6/23 1; 24 2; 25–27 端午; 28日班 3; 29 4; 30 5; 7/1–3 6–8; 6 9; 7二 10.
    (W, 10, "2020-06-22", [], "2020-07-07", False),
    # 9/26 休; 27日班 1; 28–30 2–4; 10/1–8; 9五 5; 10六班 6; 11 休; 12–15 7–10.
    (W, 10, "2020-09-25", [], "2020-10-15", False),
    # 2/6 休; 7日班 1; 8–10 2–4; 11–17 春节; 18四 5.
    (W, 5, "2021-02-05", [], "2021-02-18", False),
    # 2/11–17; 18 1; 19 2; 20六班 3; 21 休; 22 4; 23二 5.
    (W, 5, "2021-02-10", [], "2021-02-23", False),
    # 4/23五 1; 24 休; 25日班 2; 26–30 3–7; 5/1–5; 6 8; 7 9; 8六班 10; 9 休; 10–14 11–15;
    # 17–21 16–20.
    (W, 20, "2021-04-22", [], "2021-05-21", False),
    # 9/18六班 1; 19–21 中秋; 22–24 2–4; 25 休; 26日班 5; 27–30 6–9; 10/1–7; 8五 10.
    (W, 10, "2021-09-17", [], "2021-10-08", False),
    # 1/28五 1; 29六班 2; 30日班 3; 31–2/6; 7 4; 8二 5.
    (W, 5, "2022-01-27", [], "2022-02-08", False),
    # 4/2六班 1; 3–5 清明; 6–8 2–4; 11–15 5–9; 18–22 10–14; 23 休; 24日班 15; 25–29 16–20.
    (W, 20, "2022-04-01", [], "2022-04-29", False),
    # 9/29 1; 30 2; 10/1–7; 8六班 3; 9日班 4; 10–14 5–9; 17一 10.
    (W, 10, "2022-09-28", [], "2022-10-17", False),
    # 12/29 1; 30 2; 31–1/2 元旦 (2023年通知); 1/3–5 3–5.
    (W, 5, "2022-12-28", [], "2023-01-05", False),
    # 1/20五 1; 21–27; 28六班 2; 29日班 3; 30 4; 31二 5.
    (W, 5, "2023-01-19", [], "2023-01-31", False),
    # 4/21五 1; 22 休; 23日班 2; 24–28 3–7; 29–5/3; 4 8; 5 9; 6六班 10; 8–12 11–15; 15–19 16–20.
    (W, 20, "2023-04-20", [], "2023-05-19", False),
    # 6/21三 1; 22–24 端午; 25日班 2; 26–30 3–7; 7/3–5 8–10.
    (W, 10, "2023-06-20", [], "2023-07-05", False),
    # 9/28 1; 29–10/6; 7六班 2; 8日班 3; 9–13 4–8; 16 9; 17二 10.
    (W, 10, "2023-09-27", [], "2023-10-17", False),
    # 2/2五 1; 3 休; 4日班 2; 5–7 3–5. 除夕 (9日) 当年不放假.
    (W, 5, "2024-02-01", [], "2024-02-07", False),
    # 2/9五 1; 10–17 春节; 18日班 2; 19–21 3–5.
    (W, 5, "2024-02-08", [], "2024-02-21", False),
    # 4/4–6; 7日班 1; 8–12 2–6; 15–19 7–11; 22–26 12–16; 28日班 17; 29 18; 30 19; 5/1–5; 6–10 20–24;
    # 11六班 25; 13–17 26–30; 20–24 31–35; 27–31 36–40; 6/3–7 41–45.
    (W, 45, "2024-04-03", [], "2024-06-07", False),
    # 9/13五 1; 14六班 2; 15–17 中秋; 18–20 3–5; 23–27 6–10.
    (W, 10, "2024-09-12", [], "2024-09-27", False),
    # 9/28 休; 29日班 1; 30 2; 10/1–7; 8–11 3–6; 12六班 7; 13 休; 14–16 8–10.
    (W, 10, "2024-09-27", [], "2024-10-16", False),
    # 1/25 休; 26日班 1; 27 2; 28–2/4; 5–7 3–5.
    (W, 5, "2025-01-24", [], "2025-02-07", False),
    # 2/6 1; 7 2; 8六班 3; 9 休; 10 4; 11二 5.
    (W, 5, "2025-02-05", [], "2025-02-11", False),
    # 9/26五 1; 27 休; 28日班 2; 29 3; 30 4; 10/1–8; 9 5; 10 6; 11六班 7; 13–17 8–12; 20–24 13–17;
    # 27–29 18–20.
    (W, 20, "2025-09-25", [], "2025-10-29", False),
    # 12/31三 1; 1/1–3; 4日班 2; 5–7 3–5.
    (W, 5, "2025-12-30", [], "2026-01-07", False),
    # 2/11–13 1–3; 14六班 4; 15–23; 24–27 5–8; 28六班 9; 3/1 休; 2一 10.
    (W, 10, "2026-02-10", [], "2026-03-02", False),
    # 9/18五 1; 19 休; 20日班 2; 21–24 3–6; 25–27 中秋; 28–30 7–9; 10/1–7; 8 10; 9 11; 10六班 12;
    # 12–16 13–17; 19–21 18–20.
    (W, 20, "2026-09-17", [], "2026-10-21", False),
    # 12/18五 1; 21–25 2–6; 28–31 7–10: 最后一日仍在已公布的年份内.
    (W, 10, "2026-12-17", [], "2026-12-31", False),
    # 12/15–18 1–4; 21–25 5–9; 28–31 10–13; 2027/1/1五 14 (元旦尚无通知, 只扣周末); 4–8 15–19; 11 20.
    (W, 20, "2026-12-14", [], "2027-01-11", True),
    # 暂停 3/10 至 3/24: 3/4–7 1–4; 10 5; 11–24 不计; 25–28 6–9; 31 10; 4/1–3 11–13; 4–6 清明;
    # 7–11 14–18; 14 19; 15二 20.
    (W, 20, "2025-03-03", [("2025-03-10", "2025-03-24")], "2025-04-15", False),
    # 暂停 9/24 至 10/9: 9/22–24 1–3; 25–10/9 不计; 10六班 4; 12–16 5–9; 19–23 10–14; 26–30 15–19;
    # 11/2 20.
    (W, 20, "2026-09-21", [("2026-09-24", "2026-10-09")], "2026-11-02", False),
    # 暂停五至日 (3/6 至 3/8): 3/3–6 1–4; 7–8 本是休息日; 9–13 5–9; 16 10. 不耽误一日.
    (W, 10, "2026-03-02", [("2026-03-06", "2026-03-08")], "2026-03-16", False),
    # 两个暂停相叠, 合并不重算: 3/3–4 1–2; 5–13 不计; 16–20 3–7; 23–25 8–10.
    (W, 10, "2026-03-02", [("2026-03-04", "2026-03-11"), ("2026-03-09", "2026-03-13")],
     "2026-03-25", False),
    # 当日暂停当日恢复: 3/3–6 1–4; 9 5.
    (W, 5, "2026-03-02", [("2026-03-03", "2026-03-03")], "2026-03-09", False),
    # 二十加十: 4/2 1; 3 2; 4–6; 7–10 3–6; 13–17 7–11; 20–24 12–16; 27–30 17–20; 5/1–5; 6–8 21–23;
    # 9六班 24; 11–15 25–29; 18 30.
    (W, 30, "2026-04-01", [], "2026-05-18", False),
    # 四十五加十五: 1/6–9 1–4; 12–16 5–9; 19–23 10–14; 26–30 15–19; 2/2–6 20–24; 9–13 25–29; 14六班 30;
    # 15–23; 24–27 31–34; 28六班 35; 3/2–6 36–40; 9–13 41–45; 16–20 –50; 23–27 –55; 30–4/3 –60.
    (W, 60, "2026-01-05", [], "2026-04-03", False),
    # 自然日: 1/6–31 26; 2月 28, 计 54; 3/6五 60.
    (C, 60, "2026-01-05", [], "2026-03-06", False),
    # 12/19–31 13; 1月 31, 计 44; 2/16 60, 在春节 (15–23); 顺延至 24二.
    (C, 60, "2025-12-18", [], "2026-02-24", False),
    # 12/31 1; 1月 32; 2/28 60: 六, 但调休上班, 不是休息日.
    (C, 60, "2025-12-30", [], "2026-02-28", False),
    # 九十日自起算日计, 不自顺延后的第六十日再计: 2/16 60; 2/28 72; 3/18三 90.
    (C, 90, "2025-12-18", [], "2026-03-18", False),
    # 中止 1/10 至 1/20 不计: 1/6–10 5; 11–20 不计; 21–31 11, 计 16; 2月 44; 3/16一 60.
    (C, 60, "2026-01-05", [("2026-01-10", "2026-01-20")], "2026-03-16", False),
    # 二月没有31日, 月末日为最后一日: 2/28六调休上班.
    (M, 1, "2026-01-31", [], "2026-02-28", False),
    # 闰年: 2/29四.
    (M, 1, "2024-01-31", [], "2024-02-29", False),
    # 对应日 9/19六 休; 9/20日调休上班, 顺延至此.
    (M, 3, "2026-06-19", [], "2026-09-20", False),
    # 对应日 2026/10/3 在国庆; 顺延至 10/8四.
    (Y, 3, "2023-10-03", [], "2026-10-08", False),
    # 2月29日起两年, 没有对应日: 2026/2/28六调休上班.
    (Y, 2, "2024-02-29", [], "2026-02-28", False),
    # 2028/3/20一, 该年尚无通知.
    (Y, 3, "2025-03-20", [], "2028-03-20", True),
    # 2027/10/23六; 顺延至 25一; 该年尚无通知.
    (Y, 2, "2025-10-23", [], "2027-10-25", True),
]


def act(on, what, **more):
    return {"on": on, "act": what, **more}


def move(on, transition, fired=False):
    return act(on, "move", transition=transition, fired=fired)


def clock(due, promised=None, provisional=False, running=False):
    return {"due": due, "promised": promised, "provisional": provisional, "running": running}


def case(number, procedure, acts, clocks, states):
    return {"number": number, "procedure": f"administrative-procedure/{procedure}",
            "version": "1.0.0", "asOf": "2026-12-31", "acts": acts, "clocks": clocks,
            "states": states}


WHOLE = [
    # 收件 2/10: 五日 2/11–13 1–3, 14六班 4, 24 5; 25日视为受理, 自 2/10 起算二十日:
    # 2/11–14 1–4; 24–27 5–8; 28六班 9; 3/2–6 10–14; 9–13 15–19; 16 20. 承诺十二日: 3/4三.
    case("deemed", "temporary-land",
         [act("2026-02-10", "open"), move("2026-02-25", "deem-accepted", True)],
         {"notice": clock("2026-02-24"), "decision": clock("2026-03-16", "2026-03-04", running=True)},
         ["accepted"]),
    # 补正后重新收件 9/29, 五日: 30 1; 10/9–11 2–4; 13 5. 受理 9/30, 二十日至 11/4; 承诺十二日:
    # 10/9–11 1–3; 13–17 4–8; 20–23 9–12.
    case("completed", "temporary-land",
         [act("2025-09-22", "open"), move("2025-09-24", "tell-what-is-missing"),
          move("2025-09-29", "complete"), move("2025-09-30", "accept")],
         {"notice": clock("2025-10-13"), "decision": clock("2025-11-04", "2025-10-23", running=True)},
         ["accepted"]),
    # 听证 3/10 至 3/24, 延长十五日: 见办理程序的例子. 承诺十五日不因延长而延长:
    # 3/4–7 1–4; 10 5; 25–28 6–9; 31 10; 4/1–3 11–13; 7 14; 8 15.
    case("hearing", "site-selection",
         [act("2025-03-03", "open"), move("2025-03-03", "accept"),
          act("2025-03-10", "pause", reason="hearing"), act("2025-03-24", "resume", reason="hearing"),
          act("2025-05-20", "extend", clock="decision")],
         {"notice": clock("2025-03-10"), "decision": clock("2025-06-13", "2025-04-08", running=True)},
         ["accepted"]),
    # 专家评审未结束: 12/2–4 1–3; 7–10 4–7; 此后不计至 12/31; 2027/1/1 8 (暂定); 4–8 –13; 11–15 –18; 18 19;
    # 19 20. 承诺十二日: 1/7四.
    case("still", "temporary-land",
         [act("2026-12-01", "open"), move("2026-12-01", "accept"),
          act("2026-12-10", "pause", reason="expert-review")],
         {"notice": clock("2026-12-08"),
          "decision": clock("2027-01-19", "2027-01-07", provisional=True)}, ["accepted"]),
    # 第三方十五日内不答: 3/9–13 1–5; 16–20 –10; 23–27 15. 3/6 起不计至 3/30. 七日: 3/3–6 1–4; 9–11 7.
    # 答复二十日: 3/3–6 1–4; 31 5; 4/1–3 6–8; 4–6; 7–10 –12; 13–17 –17; 20–22 20. 承诺十五日: 4/15.
    case("silent", "information-disclosure",
         [act("2026-03-02", "open"), move("2026-03-04", "examine"),
          move("2026-03-06", "ask-third-party"), act("2026-03-06", "pause", reason="third-party"),
          move("2026-03-30", "third-party-silent", True),
          act("2026-03-30", "resume", reason="third-party")],
         {"notice": clock("2026-03-11"), "third-party": clock("2026-03-27"),
          "answer": clock("2026-04-22", "2026-04-15", running=True)}, ["examining"]),
]

# A judge that finds nothing wrong is not yet a judge: each of these is one of the cases above with
# one thing put wrong, and what must then be said.
WRONG = [
    ("deemed", lambda one: one["clocks"]["decision"].update(due="2026-03-24"), "expected 2026-03-16"),
    ("hearing", lambda one: one["clocks"]["decision"].update(promised=None), "promised expected"),
    ("still", lambda one: one["clocks"]["decision"].update(provisional=False), "provisional"),
    ("silent", lambda one: one["clocks"].pop("answer"), "not found"),
    ("completed", lambda one: one.update(states=["received"]), "states"),
    ("deemed", lambda one: one["acts"][1].update(on="2026-02-24"), "before notice had run out"),
    ("deemed", lambda one: one["acts"].pop(), "did not come"),
    ("hearing", lambda one: one["acts"].append(act("2025-06-20", "extend", clock="decision")),
     "extended after its last day"),
    ("silent", lambda one: one["clocks"]["answer"].update(running=False), "running"),
    ("completed", lambda one: one.update(version="0.9.0"), "no pack holds"),
]


def test(packs):
    days, failed = Days(packs), 0
    for unit, length, begin, pauses, due, provisional in COUNTED:
        spans = [tuple(map(date.fromisoformat, span)) for span in pauses]
        counting = Counting(days, date.fromisoformat(begin), unit, length, spans)
        if (counting.last.isoformat(), counting.provisional) != (due, provisional):
            failed += 1
            print(f"{length} {unit} from {begin}: by hand {due}, counted {counting.last}")
            print(counting.told())
    failed += judge(map(json.dumps, WHOLE), packs)
    for number, spoil, said in WRONG:
        one = json.loads(json.dumps(next(whole for whole in WHOLE if whole["number"] == number)))
        spoil(one)
        told = []
        judge([json.dumps(one)], packs, out=told.append)
        if said not in "\n".join(told):
            failed += 1
            print(f"{number}, put wrong, was not found out: {said}\n" + "\n".join(told))
    changed = dict(packs.terms)
    changed["administrative-procedure/licence/notice"] = {"unit": "working-days", "length": "7"}
    if len(list(departing_terms(changed))) != 1:
        failed += 1
        print("a term that departs from its article was not found out")
    print(f"{len(COUNTED)} dates counted by hand, {len(WHOLE)} whole cases, {len(WRONG) + 1} put wrong: "
          f"{failed} failed")
    return 1 if failed else 0
