/* The table of routes: what is found in it, and that its rows go together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "web_priv.h"

static const struct web_route *find(const char *method, const char *path, char name[WEB_NAME_MAX])
{
    char allowed[32];
    return web_route_find(method, path, name, allowed);
}

static void test_path_with_a_name_gives_the_name(void **state)
{
    (void)state;
    char name[WEB_NAME_MAX] = "";
    const struct web_route *route = find("GET", "/api/v1/sensors/TT101", name);
    assert_non_null(route);
    assert_string_equal(route->path, "/api/v1/sensors/{name}");
    assert_string_equal(name, "TT101");
    route = find("POST", "/api/v1/sensors/TT-1.x/force", name);
    assert_non_null(route);
    assert_string_equal(name, "TT-1.x");
}

static void test_path_that_is_nearly_one_is_none(void **state)
{
    (void)state;
    char name[WEB_NAME_MAX];
    char path[2 * WEB_NAME_MAX];
    static const char *const none[] = {"/api/v1/sensors/",    "/api/v1/sensors//force",    "/api/v1/sensors/a/b", "",
                                       "/api/v1/sensorsx",    "/api/v1/sensors/a/force/",  "/api/v1/plant/x",     "//",
                                       "/api/v1/../v1/plant", "/api/v1/sensors/a/release/"};
    for (size_t i = 0; i < COUNT_OF(none); i++)
        assert_null(find("GET", none[i], name));
    memset(path, 'a', sizeof path);
    memcpy(path, "/api/v1/sensors/", strlen("/api/v1/sensors/"));
    path[sizeof path - 1] = '\0';
    assert_null(find("GET", path, name));
}

static void test_method_that_a_path_does_not_have_names_those_that_it_has(void **state)
{
    (void)state;
    char name[WEB_NAME_MAX];
    char allowed[32];
    assert_null(web_route_find("PUT", "/api/v1/registers", name, allowed));
    assert_string_equal(allowed, "GET, POST, HEAD");
    assert_null(web_route_find("GET", "/api/v1/sensors/a/force", name, allowed));
    assert_string_equal(allowed, "POST");
    assert_null(web_route_find("GET", "/none", name, allowed));
    assert_string_equal(allowed, "");
    assert_non_null(web_route_find("HEAD", "/api/v1/registers", name, allowed));
}

static void test_each_row_is_found_by_its_own_path_and_says_what_it_answers(void **state)
{
    (void)state;
    char name[WEB_NAME_MAX];
    for (unsigned r = 0; r < web_route_count; r++) {
        const struct web_route *route = &web_routes[r];
        assert_ptr_equal(find(route->method, route->path, name), route);
        assert_non_null(route->serve);
        assert_true(route->param_count <= WEB_ARGS_MAX);
        assert_true(route->answer != NULL || route->type != NULL || strstr(route->path, "openapi") != NULL);
        assert_true(route->settled == NULL || strcmp(route->method, "POST") == 0);
    }
}

/* A key twice would be no JSON, and a word list that does not end would never. */
static void test_each_noun_has_each_key_once_and_knows_how_to_write_it(void **state)
{
    (void)state;
    for (unsigned r = 0; r < web_route_count; r++) {
        const struct web_noun *noun = web_routes[r].answer;
        for (unsigned f = 0; noun != NULL && f < noun->field_count; f++) {
            for (unsigned g = 0; g < f; g++)
                assert_string_not_equal(noun->fields[f].key, noun->fields[g].key);
            assert_true(noun->fields[f].what[0] != '\0');
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_path_with_a_name_gives_the_name),
        cmocka_unit_test(test_path_that_is_nearly_one_is_none),
        cmocka_unit_test(test_method_that_a_path_does_not_have_names_those_that_it_has),
        cmocka_unit_test(test_each_row_is_found_by_its_own_path_and_says_what_it_answers),
        cmocka_unit_test(test_each_noun_has_each_key_once_and_knows_how_to_write_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
