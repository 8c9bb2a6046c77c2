"""Among whom: conditions as text, and mistakes in them named before anything is counted."""

import pytest

import cxresearch as cx
from cxresearch.ask.among import conditions
from cxresearch.ask.errors import DataError, QuestionError
from cxresearch.load.chosen import agreed, chosen_with_customers
from cxresearch.load.opened import tables_of
from cxresearch.load.simulate import simulate


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("chosen")
    simulate(folder, customers=600, months=12)
    return cx.open_study(folder)


def test_a_text_chooses_the_same_rows_as_a_mapping(study):
    question = cx.pose(study, "score")
    said = cx.link(study, question, where="segment=business;market=DE,FR")
    given = cx.link(study, question, where={"segment": "business", "market": ["DE", "FR"]})
    assert said.rows == given.rows > 10
    assert (said.fingerprint, dict(said.where)) == (given.fingerprint, {"segment": "business", "market": ["DE", "FR"]})
    assert cx.link(study, question, where="sla_met=1").rows < cx.link(study, question).rows


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("segment", r'where is "segment"; write "column=value"'),
        ("segment=", "write"),
        ("segment=business;segment=consumer", "names .segment. twice"),
        ("segmnt=business", 'there is no column "segmnt"; did you mean "segment"'),
        ("segment=Business", 'no row has segment "Business"; did you mean "business"'),
        ("segment=business,consumr", 'no row has segment "consumr"; did you mean "consumer"'),
        ("customer_id=nobody", "more than 20 other values"),
        ("difficulty=hard", '"difficulty" holds numbers; "hard" is none'),
        ("joined_at=2024-01-01", "For dates give a period"),
    ],
)
def test_a_mistake_in_the_conditions_is_named(study, where, said):
    with pytest.raises(QuestionError, match=said):
        cx.link(study, cx.pose(study, "score"), where=where)
    with pytest.raises(QuestionError, match=said):
        agreed(study, where)


def test_a_selection_without_rows_is_named_with_its_conditions(study):
    with pytest.raises(DataError, match=r"not one answer .*2019.*; segment business"):
        cx.link(study, cx.pose(study, "score"), period="2019", where="segment=business")
    who = cx.link(study, cx.pose(study, "score")).frame().customer.iloc[0]
    assert agreed(study, f"customer_id={who};plan=basic,plus,pro")["customer_id"] == who
    assert agreed(study, None) == {}


def test_rows_that_lack_the_column_are_absent_where_another_table_has_it(study):
    found = cx.link(study, cx.Question(outcome="resolution_hours"), where="product_works=5")
    assert isinstance(found, cx.Absent)
    assert found.reason == 'These rows have no column "product_works" to choose by: it stands in the table of surveys.'


def test_events_are_chosen_by_their_own_columns_or_by_those_of_their_customers(tmp_path):
    (tmp_path / "orders.csv").write_text(
        "customer_id,ordered_at,amount,shop\na,2024-01-01,1,north\na,2024-01-02,2,south\nb,2024-01-03,3,north\nc,2024-01-04,4,north\n"
    )
    (tmp_path / "customers.csv").write_text("customer_id,joined_at,shop,plan\na,2024-01-01,north,pro\nb,2024-01-01,south,basic\n")
    kept = '[tables.orders]\nfile = "orders.csv"\nkeep = ["shop"]\n[tables.customers]\nfile = "customers.csv"\nkeep = ["shop", "plan"]\n'
    (tmp_path / "study.toml").write_text(kept)
    tables = tables_of(cx.open_study(tmp_path)).clean

    def amounts(**where):
        return sorted(chosen_with_customers(tables["orders"], where, tables).amount.execute())

    assert (amounts(plan="pro"), amounts(shop="north"), amounts(plan="pro", shop="north")) == ([1, 2], [1, 3, 4], [1])
    assert amounts(plan=["basic", "(missing)"]) == [3, 4] and amounts() == [1, 2, 3, 4]


def test_values_of_a_mapping_stay_as_they_are():
    assert conditions({"plan": ("basic",)}) == {"plan": ("basic",)}
    with pytest.raises(QuestionError, match="where is 3"):
        conditions(3)
